/**
 * Followers of a document that changes while they come in, or whose name changes hands: nothing twice, nothing left out.
 * Pages are held back at will.
 */
import test from 'ava';
import { createLocalCluster } from '../../../src/cluster/local.ts';
import { createWatches } from '../../../src/gateway/widget/watches.ts';
import { documentChannel } from '../../../src/ports/notices.ts';
import type { PublicRevision } from '../../../src/ports/public-reads.ts';
import type { PublicEntry } from '../../../src/published/entry.ts';
import { NO_CHANGES } from '../../support/changes.ts';
import { EMPTY_BODY, MADE_UP_AT, pageOf } from '../../support/made-up-page.ts';
import { silentLog } from '../../support/silent-log.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const OTHER = '00000000-0000-4000-8000-000000000001';

/** One document at a revision, read through gates, and everything that is told of it. */
function worldOf(revision: number) {
  let documentId = ID;
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const topics: string[] = [];
  let gate: Promise<void> | undefined;
  let entry: PublicEntry | undefined = pageOf(documentId, revision);
  const earlier = (number: number): PublicRevision => ({
    documentId,
    revision: number,
    title: '',
    summary: '',
    publishedAt: MADE_UP_AT,
    body: EMPTY_BODY,
  });
  const watches = createWatches({
    pages: {
      page: async () => entry,
      states: async () => new Map(entry && [[entry.document.slug, entry.document]]),
      invalidate: () => undefined,
      async revisionsAfter(_id, after, limit) {
        const last = entry?.document.revision ?? 0;
        await gate;
        return Array.from({ length: Math.min(last - after, limit) }, (_, index) => earlier(after + 1 + index));
      },
    },
    publish: (_topic, json) => topics.push(json),
    cluster,
    log: silentLog,
    maxDocuments: 2,
    changes: NO_CHANGES,
  });
  return {
    watches,
    topics,
    /** The next revision, told of; resolves when those who follow were told. */
    async publish(): Promise<void> {
      const number = (entry?.document.revision ?? 0) + 1;
      entry = pageOf(documentId, number);
      const before = topics.length;
      cluster.publish(documentChannel(ID), { kind: 'published', revision: number });
      while (topics.length === before) await new Promise((resolve) => setImmediate(resolve));
    },
    /** The next revision, which this node does not hear of. */
    publishUnheard(): void {
      entry = pageOf(documentId, (entry?.document.revision ?? 0) + 1);
    },
    /** The name is another document's. */
    give(number: number): void {
      documentId = OTHER;
      entry = pageOf(documentId, number);
      cluster.publish(documentChannel(ID), { kind: 'changed' });
    },
    remove(): void {
      entry = undefined;
    },
    /** Earlier revisions are answered when the returned function is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
  };
}

/** A follower: the numbers of all that it was told. */
async function follow({ watches }: ReturnType<typeof worldOf>, revision: number, documentId?: string) {
  const seen: number[] = [];
  const joined = await watches.join('cranes', { revision, documentId }, (watch, missed) => {
    seen.push(...missed.map(({ revision }) => revision));
    watch.listeners.add({ told: ({ revision }) => seen.push(revision), ended: () => seen.push(0) });
  });
  return { joined, seen };
}

test('I7 a follower that comes in while a revision is told gets it once, and those before it', async (t) => {
  const world = worldOf(3);
  await follow(world, 3);
  const release = world.hold();
  const late = follow(world, 1);
  await world.publish();
  release();
  const { seen } = await late;
  t.deepEqual(seen, [2, 3, 4]);
  await world.publish();
  t.deepEqual(seen, [2, 3, 4, 5]);
  world.watches.close();
});

test('I6 a follower that comes in while the document goes is not let in', async (t) => {
  const world = worldOf(3);
  const first = await follow(world, 3);
  const release = world.hold();
  const late = follow(world, 1);
  world.remove();
  t.false((await follow(world, 3)).joined.ok);
  release();
  const { joined, seen } = await late;
  t.false(joined.ok);
  t.deepEqual(seen, []);
  t.deepEqual(first.seen, [0]);
  t.is(world.watches.count(), 0);
  world.watches.close();
});

test('I7 a follower ahead of this node waits for what is newer', async (t) => {
  for (const known of [ID, undefined]) {
    const world = worldOf(3);
    const slow = await follow(world, 3);
    const ahead = follow(world, 5, known);
    await world.publish();
    await world.publish();
    const { seen } = await ahead;
    t.deepEqual(seen, []);
    await world.publish();
    await world.publish();
    t.deepEqual(seen, [6, 7]);
    t.deepEqual(slow.seen, [4, 5, 6, 7]);
    world.watches.close();
  }
});

test('I7 a follower ahead of this node is not told again what no notice tells', async (t) => {
  const world = worldOf(3);
  const ahead = follow(world, 5);
  world.publishUnheard();
  world.publishUnheard();
  const { seen } = await ahead;
  await world.publish();
  t.deepEqual(seen, [6]);
  world.watches.close();
});

test('I7 a follower that has what this document never had starts anew', async (t) => {
  for (const [revision, documentId] of [
    [2, OTHER],
    [3, OTHER],
    [7, OTHER],
    [7, undefined],
  ] as const) {
    const world = worldOf(3);
    const { seen } = await follow(world, revision, documentId);
    t.deepEqual(seen, [3]);
    await world.publish();
    t.deepEqual(seen, [3, 4]);
    world.watches.close();
  }
});

test('I6 I7 a follower of a name that goes to another document is told that it is gone, and then of that one', async (t) => {
  const world = worldOf(3);
  const first = await follow(world, 3, ID);
  world.give(1);
  const { seen } = await follow(world, 3, ID);
  t.deepEqual(seen, [1]);
  t.deepEqual(first.seen, [0]);
  world.watches.close();
});
