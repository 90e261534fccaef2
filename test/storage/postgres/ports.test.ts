/** The contracts of the ports that are about accounts, documents and requests, on PostgreSQL: one database for all of them. */
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { createGrantStore } from '../../../src/storage/postgres/accounts/grants.ts';
import { createPasswords } from '../../../src/storage/postgres/accounts/passwords.ts';
import { createSessionStore } from '../../../src/storage/postgres/accounts/sessions.ts';
import { createTokenStore, MAX_TOKENS } from '../../../src/storage/postgres/accounts/tokens.ts';
import { createUserStore } from '../../../src/storage/postgres/accounts/users.ts';
import { createIdempotencyStore } from '../../../src/storage/postgres/idempotency.ts';
import { createOrm } from '../../../src/storage/postgres/orm.ts';
import { createPublicationStore } from '../../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../../src/storage/postgres/publishing/revisions.ts';
import { auditContract } from '../../contracts/audit.ts';
import { documentsContract } from '../../contracts/documents.ts';
import { grantsContract } from '../../contracts/grants.ts';
import { idempotencyContract } from '../../contracts/idempotency.ts';
import { sessionsContract } from '../../contracts/sessions.ts';
import { tokensContract } from '../../contracts/tokens.ts';
import { usersContract } from '../../contracts/users.ts';
import { accountsOf } from '../../support/accounts.ts';
import { oncePerFile } from '../../support/once.ts';
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
