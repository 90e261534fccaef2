/** The contracts of the ports that are about accounts, documents, access and requests, on PostgreSQL: one database for all of them. */
import { randomBytes } from 'node:crypto';
import test from 'ava';
import pg from 'pg';
import { createChangeLog } from '../../../src/storage/postgres/access-changes.ts';
import { createGrantStore } from '../../../src/storage/postgres/accounts/grants.ts';
import { createPasswords } from '../../../src/storage/postgres/accounts/passwords.ts';
import { createSessionStore } from '../../../src/storage/postgres/accounts/sessions.ts';
import { createTokenStore, MAX_TOKENS } from '../../../src/storage/postgres/accounts/tokens.ts';
import { createUserStore } from '../../../src/storage/postgres/accounts/users.ts';
import { createIdempotencyStore } from '../../../src/storage/postgres/idempotency.ts';
import { createOrm } from '../../../src/storage/postgres/orm.ts';
import { createViewCountStore } from '../../../src/storage/postgres/public/counts.ts';
import { createPublicationStore } from '../../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../../src/storage/postgres/publishing/revisions.ts';
import { accessContract } from '../../contracts/access.ts';
import { auditContract } from '../../contracts/audit.ts';
import { changeLogContract } from '../../contracts/change-log.ts';
import { viewCountStoreContract } from '../../contracts/counts.ts';
import { documentsContract } from '../../contracts/documents.ts';
import { grantsContract } from '../../contracts/grants.ts';
import { idempotencyContract } from '../../contracts/idempotency.ts';
import { sessionsContract } from '../../contracts/sessions.ts';
import { tokensContract } from '../../contracts/tokens.ts';
import { usersContract } from '../../contracts/users.ts';
import { accountsOf } from '../../support/accounts.ts';
import { oncePerFile } from '../../support/once.ts';
import type { Person } from '../../support/people.ts';
import { silentLog } from '../../support/silent-log.ts';

const NAME = 'PostgreSQL';
const DAY_MS = 86_400_000;
const log = silentLog;

/** Connections of two nodes to one database, and to one that cannot be reached. */
const shared = oncePerFile(test, async (scope) => {
  const accounts = await accountsOf(scope, 6);
  const gone = await createOrm({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', log, poolSize: 1 });
  scope.teardown(() => gone.close());
  return { ...accounts, other: await accounts.open(), gone };
});

usersContract(test, NAME, async () => {
  const { clock, gone, orm } = await shared();
  const passwords = createPasswords({ parallel: 2, queued: 10 });
  return {
    users: () => createUserStore(orm, passwords, clock),
    busy: () => createUserStore(orm, createPasswords({ parallel: 0, queued: 0 }), clock),
    handle: () => `user-${randomBytes(5).toString('hex')}`,
    unreachable: async () => createUserStore(gone, passwords, clock),
  };
});

sessionsContract(test, NAME, async () => {
  const { clock, gone, orm, person } = await shared();
  return {
    clock,
    person,
    sessions: (options) => createSessionStore({ orm, clock, ...options }),
    unreachable: async () => createSessionStore({ orm: gone, clock }),
  };
});

tokensContract(test, NAME, async (t) => {
  const { clock, gone, orm, person, sql } = await shared();
  const storeOn = (database: typeof orm) => {
    const store = createTokenStore({ orm: database, clock, log });
    t.teardown(() => store.close());
    return store;
  };
  return {
    clock,
    person,
    tokens: () => storeOn(orm),
    unreachable: async () => storeOn(gone),
    most: MAX_TOKENS,
    async fill(userId, count) {
      await sql(
        `insert into tokens (user_id, name, token_hash, scopes, expires_at)
         select $1::uuid, 'one of many', sha256(($1::text || n)::bytea), '{documents:read}', $3 from generate_series(1, $2) n`,
        [userId, count, new Date(clock.now() + DAY_MS)],
      );
    },
  };
});

grantsContract(test, NAME, async () => {
  const world = await shared();
  return { ...world, grants: [world.grants, createGrantStore(world.other, world.clock)] };
});

documentsContract(test, NAME, async () => {
  const world = await shared();
  const { clock, orm } = world;
  return { ...world, publishing: createPublicationStore(orm, clock), revisions: createRevisionStore(orm) };
});

auditContract(test, NAME, shared);

accessContract(test, NAME, async () => {
  const { access, clock, document, person, sql } = await shared();
  const people = new Map<string, Person>();
  const personOf = (userId: string): Person => {
    const one = people.get(userId);
    if (!one) throw new Error(`no user ${userId}`);
    return one;
  };
  return {
    access,
    async user() {
      const one = await person();
      people.set(one.userId, one);
      return one.userId;
    },
    document: (ownerId) => document(personOf(ownerId)),
    async grant(documentId, userId, level) {
      await sql('delete from grants where document_id = $1 and user_id = $2', [documentId, userId]);
      if (level === null) return;
      await sql('insert into grants (document_id, user_id, level) values ($1, $2, $3)', [documentId, userId, level]);
    },
    async remove(documentId) {
      await sql('update documents set deleted_at = now() where id = $1', [documentId]);
    },
    async session(userId, kind, ended) {
      const now = clock.now();
      const own: readonly unknown[] = [
        userId,
        randomBytes(32),
        new Date(ended === 'expired' ? now - 1 : now + 60_000),
        ended === 'revoked' ? new Date(now) : null,
      ];
      const [row] = await sql<{ id: string }>(
        kind === 'session'
          ? 'insert into sessions (user_id, token_hash, expires_at, revoked_at) values ($1, $2, $3, $4) returning id'
          : `insert into tokens (user_id, token_hash, expires_at, revoked_at, name, scopes)
             values ($1, $2, $3, $4, 'a token', '{documents:read}') returning id`,
        own,
      );
      return String(row?.id);
    },
  };
});

// What the feed makes of it is in test/node/change-feed.test.ts.
changeLogContract(test, NAME, async (t) => {
  const { databaseUrl, document, orm, person } = await shared();
  // Made before anything is read: a new document's first grant is a change, too.
  const documentId = await document(await person());
  const users = await Promise.all(Array.from({ length: 3 }, () => person()));
  return {
    log: createChangeLog(orm, () => performance.now()),
    async change() {
      const user = users.pop();
      if (!user) throw new Error('nobody is left');
      const client = new pg.Client({ connectionString: databaseUrl });
      t.teardown(() => client.end());
      await client.connect();
      await client.query('begin');
      await client.query(`insert into grants (document_id, user_id, level) values ($1, $2, 'view')`, [
        documentId,
        user.userId,
      ]);
      return {
        named: `${user.userId} ${documentId}`,
        commit: async () => void (await client.query('commit')),
        rollback: async () => void (await client.query('rollback')),
      };
    },
  };
});

viewCountStoreContract(test, NAME, async () => createViewCountStore((await shared()).orm));

idempotencyContract(test, NAME, async (t) => {
  const { clock, orm, other, person, sql } = await shared();
  const on = (database: typeof orm) => {
    const store = createIdempotencyStore({ orm: database, clock, log });
    t.teardown(() => store.close());
    return store;
  };
  return {
    clock,
    person,
    nodes: [on(orm), on(other)],
    async expired(userId, count) {
      await sql(
        `insert into idempotency_keys (user_id, key, fingerprint, attempt, started_at)
         select $1, 'old ' || n, '', gen_random_uuid(), $3 from generate_series(1, $2) n`,
        [userId, count, new Date(clock.now() - DAY_MS - 1)],
      );
    },
  };
});
