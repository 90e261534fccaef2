// What every implementation of the access port does: levels and sessions as they are at the moment.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Role } from '../../schemas/realtime.ts';
import type { AccessPort } from '../../src/ports/access.ts';
import { rulesOf } from './rules.ts';

export interface AccessWorld {
  readonly access: AccessPort;
  /** A new user's id. */
  user(): Promise<string>;
  /** A new document's id. */
  document(ownerId: string): Promise<string>;
  grant(documentId: string, userId: string, level: Role | null): Promise<void>;
  remove(documentId: string): Promise<void>;
  /** The id of a session or token of a user; `ended` in one of the ways in which they end. */
  session(userId: string, kind: 'session' | 'token', ended?: 'revoked' | 'expired'): Promise<string>;
}

/** What names nothing: none of it may fail the question for the others. */
const NO_IDS = ['not-an-id', "'; drop table grants; --", ''];

export function accessContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<AccessWorld>,
): void {
  const rule = rulesOf(test, name, worldOf);

  rule('I6 levels of many pairs come in order, whatever is asked', async (t, world) => {
    const { access } = world;
    const [owner, viewer] = [await world.user(), await world.user()];
    const [one, two] = [await world.document(owner), await world.document(owner)];
    await world.grant(two, viewer, 'view');
    const asked: [userId: string, documentId: string, role: Role | null][] = [
      [viewer, two, 'view'],
      [owner, one, 'own'],
      [viewer, one, null],
      ...NO_IDS.map((id): [string, string, null] => [id, one, null]),
      ...NO_IDS.map((id): [string, string, null] => [owner, id, null]),
      [owner, randomUUID(), null],
      [viewer, two, 'view'],
      [owner, two, 'own'],
    ];
    t.deepEqual(
      await access.rolesOf(asked.map(([userId, documentId]) => ({ userId, documentId }))),
      asked.map(([, , role]) => role),
    );
    t.deepEqual(await access.rolesOf([]), []);
    t.is(await access.roleOf(viewer, two), 'view');
    t.is(await access.roleOf(viewer, 'not-an-id'), null);
  });

  rule('I6 a level counts from its change on, and a deleted document is open to nobody', async (t, world) => {
    const { access } = world;
    const [owner, friend] = [await world.user(), await world.user()];
    const documentId = await world.document(owner);
    for (const level of ['edit', 'view', null, 'own'] as const) {
      await world.grant(documentId, friend, level);
      t.is(await access.roleOf(friend, documentId), level);
    }
    await world.remove(documentId);
    t.deepEqual(await access.rolesOf([friend, owner].map((userId) => ({ userId, documentId }))), [null, null]);
  });

  rule('I6 of many sessions and tokens those are valid that were neither revoked nor are over', async (t, world) => {
    const user = await world.user();
    const valid = [await world.session(user, 'session'), await world.session(user, 'token')];
    const ended = await Promise.all(
      (['session', 'token'] as const).flatMap((kind) => [
        world.session(user, kind, 'revoked'),
        world.session(user, kind, 'expired'),
      ]),
    );
    const asked = [...ended, ...NO_IDS, ...valid, randomUUID()];
    t.deepEqual(await world.access.validSessions(asked), new Set(valid));
    t.deepEqual(await world.access.validSessions([]), new Set());
  });
}
