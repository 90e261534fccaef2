/** Documents as their users see them: title, owner, the caller's level and the draft's position. */
import { randomUUID } from 'node:crypto';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Document as PublicDocument } from '../../../schemas/http.ts';
import type { Role } from '../../../schemas/realtime.ts';
import type { Identity } from '../../ports/access.ts';
import type { Clock } from '../../ports/clock.ts';
import { User } from '../entities/accounts.ts';
import { Document, Grant } from '../entities/documents.ts';
import { DraftHead } from '../entities/drafts.ts';
import type { Orm } from '../orm.ts';

export interface Page {
  /** Most documents to return. */
  limit: number;
  /** Continue after this document of an earlier page. */
  after: string | undefined;
}

export interface DocumentPage {
  documents: PublicDocument[];
  /** `after` of the next page; undefined on the last. */
  next: string | undefined;
}

export interface Documents {
  /** Makes a document with its empty draft; the creator owns it. */
  create(creator: Identity, title: string): Promise<PublicDocument>;
  /** Undefined when it does not exist or is not open to the user: nobody can tell which (I6). */
  get(userId: string, documentId: string): Promise<PublicDocument | undefined>;
  /** What is open to the user, newest first. */
  list(userId: string, page: Page): Promise<DocumentPage>;
  /** Needs level edit. Fails with `not_found` or `read_only`. */
  rename(userId: string, documentId: string, title: string): Promise<{ ok: true } | Failure>;
}

interface DocumentRow {
  id: string;
  title: string;
  level: Role;
  owner: string;
  created_ms: number;
  edited_ms: number;
  seq: number;
}

const SELECT = `
  select d.id, d.title, g.level, o.handle as owner, h.head_seq::float8 as seq,
         (extract(epoch from d.created_at) * 1000)::float8 as created_ms,
         (extract(epoch from h.edited_at) * 1000)::float8 as edited_ms
    from grants g
    join documents d on d.id = g.document_id
    join users o on o.id = d.owner_id
    join draft_heads h on h.document_id = d.id
   where g.user_id = $1`;

const toPublic = (row: DocumentRow): PublicDocument => ({
  id: row.id,
  title: row.title,
  role: row.level,
  owner: row.owner,
  createdAt: new Date(row.created_ms).toISOString(),
  editedAt: new Date(row.edited_ms).toISOString(),
  seq: row.seq,
});

export function createDocuments(orm: Orm, clock: Clock): Documents {
  return {
    async create(creator, title) {
      const id = randomUUID();
      const at = new Date(clock.now());
      // PostgreSQL takes well-formed text only; a lone surrogate becomes U+FFFD.
      const wellFormed = title.toWellFormed();
      await orm.em().transactional(async (tx) => {
        const user = tx.getReference(User, creator.userId);
        const document = tx.create(Document, { id, title: wellFormed, owner: user, createdAt: at, updatedAt: at });
        tx.create(Grant, { document, user, level: 'own', createdAt: at });
        await tx.flush();
        await tx.insert(DraftHead, { documentId: id, editedAt: at });
      });
      const created = at.toISOString();
      return {
        id,
        title: wellFormed,
        role: 'own',
        owner: creator.handle,
        createdAt: created,
        editedAt: created,
        seq: 0,
      };
    },

    async get(userId, documentId) {
      const [row] = await orm.query<DocumentRow>(`${SELECT} and g.document_id = $2`, [userId, documentId]);
      return row && toPublic(row);
    },

    async list(userId, { limit, after }) {
      // One more than asked for tells whether there is a next page. The cursor stays good when a grant is lost.
      const rows = await orm.query<DocumentRow>(
        `${SELECT}
            and ($2::uuid is null
                 or (d.created_at, d.id) < (select c.created_at, c.id from documents c where c.id = $2))
          order by d.created_at desc, d.id desc
          limit $3`,
        [userId, after ?? null, limit + 1],
      );
      const documents = rows.slice(0, limit).map(toPublic);
      return { documents, next: rows.length > limit ? documents.at(-1)?.id : undefined };
    },

    rename: (userId, documentId, title) =>
      orm.em().transactional(async (tx) => {
        const grant = await tx.findOne(Grant, { document: documentId, user: userId });
        if (!grant) return failure('not_found');
        if (grant.level === 'view') return failure('read_only');
        await tx.nativeUpdate(
          Document,
          { id: documentId },
          { title: title.toWellFormed(), updatedAt: new Date(clock.now()) },
        );
        return { ok: true };
      }),
  };
}
