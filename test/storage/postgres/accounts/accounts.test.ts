/** Accounts and access in the database: what is stored of secrets, levels in one query, sessions on two nodes. */
import anyTest, { type TestFn } from 'ava';
import { OPERATOR } from '../../../../src/ports/actor.ts';
import { createPasswords } from '../../../../src/storage/postgres/accounts/passwords.ts';
import { createSessionStore } from '../../../../src/storage/postgres/accounts/sessions.ts';
import { createUserStore } from '../../../../src/storage/postgres/accounts/users.ts';
import { Session, User } from '../../../../src/storage/postgres/entities/accounts.ts';
import { createOrm } from '../../../../src/storage/postgres/orm.ts';
import { isUnavailable } from '../../../../src/storage/postgres/unavailable.ts';
import { type ApiHarness, PASSWORD, quiet, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness; databaseUrl: string }>;

test.before(async (t) => {
  const databaseUrl = await migratedDatabase();
  t.context = { databaseUrl, api: await startApi({ databaseUrl }) };
});
test.after.always((t) => t.context.api?.close());

test.serial('a password is stored as argon2id, a token as its SHA-256 alone', async (t) => {
  const { api } = t.context;
  const { userId, token, identity } = await api.author();
  const user = await api.orm.em().findOneOrFail(User, userId);
  t.regex(user.passwordHash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  t.false(JSON.stringify(user).includes('argon2'), 'the hash is not serialised');
  const session = await api.orm.em().findOneOrFail(Session, identity.sessionId);
  t.is(session.tokenHash.byteLength, 32);
  const expected = await crypto.subtle.digest('SHA-256', Buffer.from(token));
  t.deepEqual([...session.tokenHash], [...new Uint8Array(expected)]);
});

test.serial('an unknown handle costs a hash as a wrong password does', async (t) => {
  const { api } = t.context;
  const checked: (string | undefined)[] = [];
  const passwords = createPasswords({ parallel: 1, queued: 9 });
  const users = createUserStore(
    api.orm,
    {
      hash: passwords.hash,
      check(password, stored) {
        checked.push(stored);
        return passwords.check(password, stored);
      },
    },
    api.clock,
  );
  const outcome = await users.authenticate('no-such-handle', PASSWORD, OPERATOR);
  t.like(outcome, { ok: false, error: { code: 'bad_credentials' } });
  t.deepEqual(checked, [undefined]);
});

test.serial('I9 hashes run a few at a time, the rest waits or is refused', async (t) => {
  const passwords = createPasswords({ parallel: 1, queued: 2 });
  const hashed = await passwords.hash('one');
  if (!hashed.ok) return t.fail();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, (_, n) => passwords.check(n === 0 ? 'one' : 'two', hashed.hash)),
  );
  t.deepEqual(
    outcomes.map((outcome) => (outcome.ok ? outcome.matches : outcome.error.code)),
    [true, false, false, 'overloaded', 'overloaded'],
  );
  // The places were given back.
  t.deepEqual(await passwords.check('one', hashed.hash), { ok: true, matches: true });
  // A stored hash that is none throws, and gives its place back as well.
  await t.throwsAsync(passwords.check('one', 'not a hash'));
  t.deepEqual(await passwords.check('one', hashed.hash), { ok: true, matches: true });
});

test('I9 a flood of unknown clients delays no known client, and is served in turns', async (t) => {
  // One at a time: of two that run side by side a busy machine may end the later one first.
  const passwords = createPasswords({ parallel: 1, queued: 20 });
  const hashed = await passwords.hash('one');
  if (!hashed.ok) return t.fail();
  const order: string[] = [];
  const check = async (owner: string, known: boolean, name = owner) => {
    const checked = await passwords.check('two', hashed.hash, { known, owner });
    order.push(checked.ok ? name : `${name} refused`);
  };
  const flood = Array.from({ length: 40 }, (_, n) => check(`198.51.100.${n % 2}`, false, 'flood'));
  const stranger = check('203.0.113.1', false);
  const known = check('laptop', true);
  await Promise.all([...flood, stranger, known]);
  const served = order.filter((name) => !name.endsWith('refused'));
  t.true(served.indexOf('laptop') <= 2, served.join(', '));
  t.true(served.indexOf('203.0.113.1') <= 5, served.join(', '));
  t.is(order.filter((name) => name === 'flood refused').length, 40 - 17, 'one runs, and eight of each address wait');
});

test.serial('I6 a lookup under way while a session is revoked does not bring it back', async (t) => {
  const { api } = t.context;
  const { token, identity } = await api.author();
  let release = () => {};
  const looking = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sessions = createSessionStore({
    clock: api.clock,
    orm: {
      ...api.orm,
      async query<Row>(sql: string, values: readonly unknown[]) {
        const rows = await api.orm.query<Row>(sql, values);
        await looking;
        return rows;
      },
    },
  });
  const lookup = sessions.byToken(token);
  await api.orm.query('select 1', []);
  await sessions.revoke(identity, OPERATOR);
  release();
  await lookup;
  t.is(await sessions.byToken(token), undefined);
});

test.serial('sessions that ended long ago go when their user signs in again', async (t) => {
  const api = await startApi({ databaseUrl: t.context.databaseUrl });
  t.teardown(api.close);
  const { handle, userId, identity } = await api.author();
  api.clock.advance(61 * 86_400_000);
  await api.call('POST', '/v1/sessions', { json: { handle, password: PASSWORD }, info: { remoteAddress: '::1' } });
  const left = await api.orm.em().find(Session, { user: userId });
  t.is(left.length, 1);
  t.not(left[0]?.id, identity.sessionId);
  t.is(left[0]?.ip, '::1');
});

test.serial('a database that is away is distinguished from a bug', async (t) => {
  const gone = await createOrm({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', log: quiet, poolSize: 1 });
  t.true(isUnavailable(await t.throwsAsync(gone.query('select 1', []))));
  t.true(isUnavailable(await t.throwsAsync(gone.em().count(User))));
  await gone.close();

  const { api } = t.context;
  t.false(isUnavailable(await t.throwsAsync(api.orm.query('select nonsense', []))));
  t.false(isUnavailable(await t.throwsAsync(api.orm.em().execute('select nonsense'))));
  t.true(isUnavailable(await t.throwsAsync(api.orm.query('select pg_terminate_backend(pg_backend_pid())', []))));
  t.false(isUnavailable(new TypeError('x is not a function')));
  t.false(isUnavailable('timeout'));
});
