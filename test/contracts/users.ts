// What every implementation of the port of users does: accounts with unique handles, and passwords that prove who somebody is.
import type { ExecutionContext, TestFn } from 'ava';
import { OPERATOR } from '../../src/ports/actor.ts';
import type { UserStore } from '../../src/ports/users.ts';
import { rulesOf } from './rules.ts';

const PASSWORD = 'correct horse';

export interface UsersWorld {
  /** A store as a node has it. */
  users(): UserStore;
  /** A store in which no hash can run or wait at the moment. */
  busy(): UserStore;
  /** A handle that nobody has. */
  handle(): string;
  /** A store whose database cannot be reached. */
  unreachable(): Promise<UserStore>;
}

export function usersContract(test: TestFn, name: string, worldOf: (t: ExecutionContext) => Promise<UsersWorld>): void {
  const rule = rulesOf(test, `users, ${name}`, worldOf);
  const author = (handle: string, password = PASSWORD) => ({ handle, password, role: 'author' }) as const;

  rule('an account needs a handle of the right form that is free', async (t, world) => {
    const users = world.users();
    const before = await users.count();
    for (const wrong of ['', 'a', 'Upper', '1st', 'a b', 'ä-b', 'a'.repeat(33), 'ok\n']) {
      t.deepEqual(await users.create(author(wrong), OPERATOR), { ok: false, reason: 'handle_invalid' }, wrong);
    }
    const handle = world.handle();
    const made = await users.create({ handle, password: PASSWORD, role: 'admin' }, OPERATOR);
    if (!made.ok) return t.fail(made.reason);
    t.deepEqual(made.user, { id: made.user.id, handle, role: 'admin' });
    t.deepEqual(await users.create(author(handle), OPERATOR), { ok: false, reason: 'handle_taken' });
    t.is(await users.count(), before + 1);
  });

  rule('a password has 8 to 1,024 characters', async (t, world) => {
    const users = world.users();
    for (const wrong of ['', '1234567', 'x'.repeat(1_025)]) {
      const refused = await users.create(author(world.handle(), wrong), OPERATOR);
      t.deepEqual(refused, { ok: false, reason: 'password_length' }, String(wrong.length));
    }
    for (const right of ['12345678', 'x'.repeat(1_024)]) {
      const handle = world.handle();
      t.like(await users.create(author(handle, right), OPERATOR), { ok: true });
      t.like(await users.authenticate(handle, right, OPERATOR), { ok: true, user: { handle } });
    }
  });

  rule('of two accounts that are created with one handle at once, one is', async (t, world) => {
    const handle = world.handle();
    const both = await Promise.all([0, 1].map(() => world.users().create(author(handle), OPERATOR)));
    t.deepEqual(both.map((made) => (made.ok ? 'made' : made.reason)).toSorted(), ['handle_taken', 'made']);
  });

  rule('a wrong password and an unknown handle fail alike', async (t, world) => {
    const users = world.users();
    const handle = world.handle();
    const made = await users.create(author(handle), OPERATOR);
    if (!made.ok) return t.fail(made.reason);
    t.deepEqual(await world.users().authenticate(handle, PASSWORD, OPERATOR), made, 'at another node as well');
    const wrong = await users.authenticate(handle, `${PASSWORD} `, OPERATOR);
    t.like(wrong, { ok: false, error: { code: 'bad_credentials' } });
    for (const unknown of [world.handle(), '', 'a\0b', '\ud800', "'; drop table users; --"]) {
      t.deepEqual(await users.authenticate(unknown, PASSWORD, OPERATOR), wrong, unknown);
    }
  });

  rule('I9 while no hash can run or wait, accounts and sign-ins are refused as overloaded', async (t, world) => {
    const handle = world.handle();
    await world.users().create(author(handle), OPERATOR);
    const [busy, taken] = [world.busy(), world.handle()];
    for (const [who, password] of [
      [handle, PASSWORD],
      [handle, 'a wrong one'],
      [taken, PASSWORD],
    ] as const) {
      t.like(await busy.authenticate(who, password, OPERATOR), { ok: false, error: { code: 'overloaded' } }, who);
    }
    t.deepEqual(await busy.create(author(taken), OPERATOR), { ok: false, reason: 'overloaded' });
    t.like(await world.users().create(author(taken), OPERATOR), { ok: true }, 'nothing was made');
  });

  rule('without the database every call throws, and nobody is let in', async (t, world) => {
    const users = await world.unreachable();
    await t.throwsAsync(users.create(author(world.handle()), OPERATOR));
    await t.throwsAsync(users.authenticate(world.handle(), PASSWORD, OPERATOR));
    await t.throwsAsync(users.count());
  });
}
