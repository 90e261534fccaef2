// What every implementation of the port of sessions does: a token leads to its user until the session ends, on every node.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { User } from '../../schemas/http.ts';
import type { SessionStore } from '../../src/ports/sessions.ts';
import type { People } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface SessionsWorld extends Pick<People, 'clock' | 'person'> {
  /** A store as a node has it. */
  sessions(options?: { lifetimeMs: number }): SessionStore;
  /** A store whose database cannot be reached. */
  unreachable(): Promise<SessionStore>;
}

const FORMS_OF_NO_TOKEN = ['', 'x', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, '\0', 'é'.repeat(43)];

export function sessionsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<SessionsWorld>,
): void {
  const rule = rulesOf(test, `sessions, ${name}`, worldOf);

  async function visitor(world: SessionsWorld) {
    const { userId, handle, actor } = await world.person();
    const user: User = { id: userId, handle, role: 'author' };
    const open = (sessions: SessionStore, from: { ip?: string; userAgent?: string } = {}) =>
      sessions.open({ user, userAgent: from.userAgent, ip: from.ip, actor });
    return { actor, handle, open, user };
  }

  rule('a token leads to its user and session, on every node', async (t, world) => {
    const [here, there] = [world.sessions({ lifetimeMs: 60_000 }), world.sessions()];
    const { open, user } = await visitor(world);
    const one = await open(here, { userAgent: 'x'.repeat(9_000), ip: '::1' });
    const other = await open(here);
    t.like(one.identity, { userId: user.id, handle: user.handle, role: 'author' });
    t.is(one.identity.expiresAt, world.clock.now() + 60_000);
    t.is(one.identity.tokenRights, undefined, 'a session may do what its user may');
    t.not(one.token, other.token);
    t.not(one.identity.sessionId, other.identity.sessionId);
    for (const { token, identity } of [one, other]) {
      for (const sessions of [here, there, here]) t.deepEqual(await sessions.byToken(token), identity);
    }
  });

  rule('what is no token, or nobody’s, leads to nobody', async (t, world) => {
    const sessions = world.sessions();
    for (const token of [...FORMS_OF_NO_TOKEN, 'A'.repeat(43)]) t.is(await sessions.byToken(token), undefined, token);
  });

  rule('a session ends with its time, also where it was looked up before', async (t, world) => {
    const [here, there] = [world.sessions({ lifetimeMs: 1_000 }), world.sessions()];
    const { token } = await (await visitor(world)).open(here);
    world.clock.advance(999);
    for (const sessions of [here, there]) t.truthy(await sessions.byToken(token));
    world.clock.advance(1);
    for (const sessions of [here, there]) t.is(await sessions.byToken(token), undefined);
  });

  rule(
    'I6 a revoked session ends at once on this node, on others within two seconds or when they hear of it',
    async (t, world) => {
      const [here, slow, notified] = [world.sessions(), world.sessions(), world.sessions()];
      const { actor, open, user } = await visitor(world);
      const { token, identity } = await open(here);
      const other = await open(here);
      for (const sessions of [here, slow, notified]) t.deepEqual(await sessions.byToken(token), identity);
      const { sessionId } = identity;
      t.deepEqual(await here.revoke(identity, actor), [
        { userId: user.id, change: { kind: 'session-revoked', sessionId } },
      ]);
      t.is(await here.byToken(token), undefined);
      notified.forget(sessionId);
      t.is(await notified.byToken(token), undefined);
      world.clock.advance(2_000);
      t.is(await slow.byToken(token), undefined);
      for (const sessions of [here, slow, notified]) {
        t.deepEqual(await sessions.revoke(identity, actor), [], 'it had ended before');
        t.truthy(await sessions.byToken(other.token), 'another session of the user goes on');
      }
      t.deepEqual(await here.revoke({ ...identity, sessionId: randomUUID() }, actor), [], 'there is none');
    },
  );

  rule('of many revocations at once one has ended the session', async (t, world) => {
    const { actor, open } = await visitor(world);
    const { identity } = await open(world.sessions());
    const notices = await Promise.all(Array.from({ length: 5 }, () => world.sessions().revoke(identity, actor)));
    t.is(notices.flat().length, 1);
  });

  rule(
    'an account is known from the addresses and networks that it signed in from, and from no others',
    async (t, world) => {
      const sessions = world.sessions();
      const [ann, bob] = [await visitor(world), await visitor(world)];
      for (const ip of ['192.0.2.7', '2001:db8:1:2:3::4', 'not an address', undefined]) {
        await ann.open(sessions, ip === undefined ? {} : { ip });
      }
      for (const [network, known] of [
        ['192.0.2.7', true],
        ['192.0.2.8', false],
        ['2001:db8:1:2::/64', true],
        ['2001:db8:1:3::/64', false],
        ['not an address', false],
        ["'; drop table sessions; --", false],
        ['', false],
      ] as const) {
        t.is(await sessions.wasOpenedFrom(ann.handle, network), known, network);
        t.false(await sessions.wasOpenedFrom(bob.handle, network), network);
      }
    },
  );

  rule('without the database a token throws, and what is none does not', async (t, world) => {
    const sessions = await world.unreachable();
    await t.throwsAsync(sessions.byToken('A'.repeat(43)));
    for (const token of FORMS_OF_NO_TOKEN) t.is(await sessions.byToken(token), undefined, token);
  });
}
