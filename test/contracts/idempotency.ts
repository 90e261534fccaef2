// What every implementation of the port of idempotency does: of all requests with a key one is performed, and its response kept.
import type { ExecutionContext, TestFn } from 'ava';
import type { IdempotencyStore, StoredResponse } from '../../src/ports/idempotency.ts';
import type { People } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface IdempotencyWorld extends Pick<People, 'clock' | 'person'> {
  /** As nodes have it. */
  readonly nodes: readonly [IdempotencyStore, IdempotencyStore];
  /** Gives a user so many keys that began a day ago and a millisecond. */
  expired(userId: string, count: number): Promise<void>;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const REQUEST = Buffer.from('one request');
const OTHER_REQUEST = Buffer.from('another');
const RESPONSE: StoredResponse = {
  status: 201,
  headers: { location: '/v1/things/1', etag: '"é\u{1f3d4}"' },
  body: Uint8Array.of(0, 255, 123),
};

export function idempotencyContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<IdempotencyWorld>,
): void {
  const rule = rulesOf(test, `idempotency, ${name}`, worldOf);

  /** A user's key at the nodes. */
  async function keyOf({ nodes, person }: IdempotencyWorld, key = 'k') {
    const { userId } = await person();
    const begin = (node: 0 | 1 = 0, request: Uint8Array = REQUEST) => nodes[node].begin(userId, key, request);
    return {
      userId,
      begin,
      /** The attempt, of a request that is to be performed. */
      async started(node: 0 | 1 = 0): Promise<string> {
        const begun = await begin(node);
        if (begun.state !== 'started') throw new Error(begun.state);
        return begun.attempt;
      },
      complete: (attempt: string, response = RESPONSE, node: 0 | 1 = 0) =>
        nodes[node].complete(userId, key, attempt, response),
      abandon: (attempt: string, node: 0 | 1 = 0) => nodes[node].abandon(userId, key, attempt),
    };
  }

  rule('the first request is performed, the next ones wait for it and then get its response', async (t, world) => {
    const { begin, complete, started } = await keyOf(world);
    const attempt = await started();
    for (const node of [0, 1] as const) t.deepEqual(await begin(node), { state: 'running' });
    await complete(attempt);
    for (const node of [0, 1] as const) {
      const done = await begin(node);
      if (done.state !== 'completed') return t.fail(done.state);
      t.deepEqual(
        { ...done.response, body: done.response.body && Uint8Array.from(done.response.body) },
        RESPONSE,
        'byte for byte',
      );
    }
  });

  rule('a response that is too large to store is kept without its body', async (t, world) => {
    const { begin, complete, started } = await keyOf(world);
    await complete(await started(), { ...RESPONSE, body: undefined });
    t.deepEqual(await begin(1), { state: 'completed', response: { ...RESPONSE, body: undefined } });
  });

  rule('a key belongs to its user and to one request', async (t, world) => {
    const [ann, bob] = [await keyOf(world), await keyOf(world)];
    const attempt = await ann.started();
    t.is((await bob.begin()).state, 'started', 'another user’s');
    t.deepEqual(await ann.begin(1, OTHER_REQUEST), { state: 'mismatch' });
    await ann.complete(attempt);
    t.deepEqual(await ann.begin(1, OTHER_REQUEST), { state: 'mismatch' }, 'also when it is done');
    t.is((await world.nodes[0].begin(ann.userId, 'another key', OTHER_REQUEST)).state, 'started');
  });

  rule('an abandoned key is free again, and only its owner abandons it', async (t, world) => {
    const { abandon, begin, started } = await keyOf(world);
    const attempt = await started();
    await abandon(crypto.randomUUID(), 1);
    t.deepEqual(await begin(1), { state: 'running' });
    await abandon(attempt);
    t.is((await begin(1, OTHER_REQUEST)).state, 'started', 'as if it had never been used');
  });

  rule('of many requests at once, on all nodes, one is performed', async (t, world) => {
    for (let round = 0; round < 10; round += 1) {
      const { begin } = await keyOf(world);
      const begun = await Promise.all(Array.from({ length: 6 }, (_, n) => begin(n % 2 === 0 ? 0 : 1)));
      t.deepEqual(begun.map(({ state }) => state).toSorted(), [...Array(5).fill('running'), 'started'].toSorted());
    }
  });

  rule(
    'a request without a response after a minute is performed again by one, and its late response is not kept',
    async (t, world) => {
      const { begin, complete, abandon, started } = await keyOf(world);
      const dead = await started();
      world.clock.advance(MINUTE_MS);
      t.deepEqual(await begin(1), { state: 'running' }, 'a minute');
      world.clock.advance(1);
      t.deepEqual(await begin(1, OTHER_REQUEST), { state: 'mismatch' }, 'not by another request');
      const begun = await Promise.all(Array.from({ length: 6 }, (_, n) => begin(n % 2 === 0 ? 0 : 1)));
      const [next, ...more] = begun.filter((one) => one.state === 'started');
      if (!next) return t.fail('nobody took it over');
      t.deepEqual(more, []);
      await complete(dead, { ...RESPONSE, status: 500 });
      await abandon(dead);
      t.deepEqual(await begin(1), { state: 'running' });
      await complete(next.attempt, RESPONSE, 1);
      await complete(dead, { ...RESPONSE, status: 500 });
      t.like(await begin(), { state: 'completed', response: { status: 201 } });
    },
  );

  rule('I9 keys expire after a day, purged or not, and are purged by several nodes at once', async (t, world) => {
    const { begin, complete, started, userId } = await keyOf(world);
    await complete(await started());
    world.clock.advance(DAY_MS);
    t.is((await begin()).state, 'completed', 'a day');
    world.clock.advance(1);
    t.is((await begin(1, OTHER_REQUEST)).state, 'started', 'and not longer');
    await world.expired(userId, 2_500);
    const purged = await Promise.all(world.nodes.map((node) => node.purge()));
    purged.push(await world.nodes[0].purge());
    t.true(purged.reduce((sum, count) => sum + count) >= 2_500);
    t.is(await world.nodes[1].purge(), 0);
    t.deepEqual(await begin(0, OTHER_REQUEST), { state: 'running' }, 'the young one stays');
  });
}
