/** Users, documents and their storage on a database of their own, without a front door; a clock to turn. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../../schemas/realtime.ts';
import { createAccess } from '../../src/storage/postgres/accounts/access.ts';
import { createDocumentStore } from '../../src/storage/postgres/accounts/documents.ts';
import { createGrantStore } from '../../src/storage/postgres/accounts/grants.ts';
import { createAuditTrail } from '../../src/storage/postgres/audit/events.ts';
import type { Orm } from '../../src/storage/postgres/orm.ts';
import type { Scope } from './once.ts';
import { openOrm } from './orm.ts';
import type { Person } from './people.ts';
import { migratedDatabase } from './shared-services.ts';
import { TurnedClock } from './turned-clock.ts';

export interface EventRow {
  action: string;
  outcome: string;
  actor_kind: string;
  user_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  details: Record<string, unknown> | null;
}

export type Accounts = Awaited<ReturnType<typeof accountsOf>>;

export async function accountsOf(t: Scope, poolSize = 3) {
  const databaseUrl = await migratedDatabase();
  const open = async (): Promise<Orm> => {
    // The process of a test may stand still for longer than a node does, while browsers start.
    const orm = await openOrm(databaseUrl, poolSize, { idleInTransactionMs: 60_000 });
    t.teardown(() => orm.close());
    return orm;
  };
  const orm = await open();
  const clock = new TurnedClock();
  const documents = createDocumentStore(orm, clock);
  const grants = createGrantStore(orm, clock);

  return {
    databaseUrl,
    orm,
    clock,
    documents,
    grants,
    access: createAccess(orm, clock),
    trail: createAuditTrail(orm),
    /** Connections as another node has them. */
    open,
    sql: <Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []) => orm.query<Row>(text, values),

    async person(prefix = 'p'): Promise<Person> {
      const handle = `${prefix}${randomBytes(5).toString('hex')}`;
      const [row] = await orm.query<{ id: string }>(
        `insert into users (handle, password_hash, role) values ($1, 'none', 'author') returning id`,
        [handle],
      );
      const userId = String(row?.id);
      const sessionId = randomUUID();
      return { userId, handle, sessionId, actor: { kind: 'user', userId, sessionId } };
    },

    async document(owner: Person, title = 'A title'): Promise<string> {
      const made = await documents.create(owner.actor, owner.handle, { title });
      if (!made.ok) throw new Error(made.error.code);
      return made.document.id;
    },

    async grant(owner: Person, documentId: string, { handle }: Person, level: Role): Promise<void> {
      const put = await grants.put(owner.actor, { documentId, handle }, level);
      if (!put.ok) throw new Error(put.error.code);
    },

    /** Events of a target, oldest first. */
    events: (targetId: string, action = '%') =>
      orm.query<EventRow>('select * from audit_events where target_id = $1 and action like $2 order by at, id', [
        targetId,
        action,
      ]),

    /** A claimed draft's committed update, as the group commit writes it. Returns its position. */
    async commit(documentId: string, author: { userId: string; sessionId: string }, bytes = 3): Promise<number> {
      const [row] = await orm.query<{ seq: number }>(
        `with head as (update draft_heads set head_seq = head_seq + 1, edited_at = now() where document_id = $1
                       returning head_seq)
         insert into draft_updates (document_id, seq, user_id, session_id, update)
         select $1, head_seq, $2, $3, $4 from head returning seq::float8 as seq`,
        [documentId, author.userId, author.sessionId, Buffer.alloc(bytes, 1)],
      );
      return Number(row?.seq);
    },
  };
}
