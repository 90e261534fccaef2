/**
 * Grants: who may view, edit or own a document. Changes to one document's grants happen one after the other, under a
 * lock on the document's row: two owners who remove each other at once leave one owner, not none. Invariant: a
 * document has at least one user of level `own`, and `documents.owner_id` is one of them.
 */
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Grant as PublicGrant } from '../../../schemas/http.ts';
import type { Role } from '../../../schemas/realtime.ts';
import type { Clock } from '../../ports/clock.ts';
import { User } from '../entities/accounts.ts';
import { Document, Grant } from '../entities/documents.ts';
import type { Orm } from '../orm.ts';
import type { Published } from './changes.ts';

export interface GrantTarget {
  documentId: string;
  handle: string;
}

export type GrantsChanged = { ok: true; changes: Published[] } | Failure;

export interface Grants {
  /** All grants of a document by handle. The caller's right to see them is not checked here. */
  list(documentId: string): Promise<PublicGrant[]>;
  /**
   * Gives a user a level. Needs level own. Fails with `not_found` (also: no such handle), `forbidden`, or `conflict`
   * when the document would be left without an owner.
   */
  put(actorId: string, target: GrantTarget, level: Role): Promise<GrantsChanged>;
  /** Takes a user's grant away; needs level own, except for one's own grant. Fails like `put`. */
  remove(actorId: string, target: GrantTarget): Promise<GrantsChanged>;
}

/** The grants of one document while its row is locked. */
interface Locked {
  document: Document;
  grants: Grant[];
  actor: Grant;
}

async function lock(tx: EntityManager, actorId: string, documentId: string): Promise<Locked | undefined> {
  const document = await tx.findOne(Document, { id: documentId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!document) return undefined;
  const grants = await tx.find(Grant, { document: documentId }, { populate: ['user'], orderBy: { createdAt: 'asc' } });
  const actor = grants.find((grant) => grant.user.id === actorId);
  return actor && { document, grants, actor };
}

/** The user who owns the document once `target` owns it no more: its present owner, else the oldest other. */
function heir({ document, grants }: Locked, target: Grant): User | undefined {
  const owners = grants.filter((grant) => grant.level === 'own' && grant !== target).map((grant) => grant.user);
  return owners.find((user) => user.id === document.owner.id) ?? owners[0];
}

export function createGrants({ em, query }: Orm, clock: Clock): Grants {
  return {
    list: (documentId) =>
      query<PublicGrant>(
        `select u.handle, g.level from grants g join users u on u.id = g.user_id
          where g.document_id = $1 order by u.handle`,
        [documentId],
      ),

    put: (actorId, { documentId, handle }, level) =>
      em().transactional(async (tx): Promise<GrantsChanged> => {
        const locked = await lock(tx, actorId, documentId);
        if (!locked) return failure('not_found');
        if (locked.actor.level !== 'own') return failure('forbidden');
        const user = await tx.findOne(User, { handle });
        if (!user) return failure('not_found');
        const present = locked.grants.find((grant) => grant.user.id === user.id);
        if (present?.level === level) return { ok: true, changes: [] };
        if (present?.level === 'own') {
          const owner = heir(locked, present);
          if (!owner) return failure('conflict');
          locked.document.owner = owner;
        }
        if (present) present.level = level;
        else tx.create(Grant, { document: locked.document, user, level, createdAt: new Date(clock.now()) });
        await tx.flush();
        return { ok: true, changes: [{ userId: user.id, change: { kind: 'access', documentId, role: level } }] };
      }),

    remove: (actorId, { documentId, handle }) =>
      em().transactional(async (tx): Promise<GrantsChanged> => {
        const locked = await lock(tx, actorId, documentId);
        if (!locked) return failure('not_found');
        const target = locked.grants.find((grant) => grant.user.handle === handle);
        if (target !== locked.actor && locked.actor.level !== 'own') return failure('forbidden');
        if (!target) return failure('not_found');
        if (target.level === 'own') {
          const owner = heir(locked, target);
          if (!owner) return failure('conflict');
          locked.document.owner = owner;
        }
        tx.remove(target);
        await tx.flush();
        return {
          ok: true,
          changes: [{ userId: target.user.id, change: { kind: 'access', documentId, role: null } }],
        };
      }),
  };
}
