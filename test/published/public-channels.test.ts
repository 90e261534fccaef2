/**
 * Subscribers of a document that changes while they join, or whose name changes hands: nothing twice, nothing left out. The
 * test decides when reads are answered.
 */
import test from 'ava';
import { createLocalCluster } from '../../src/cluster/local.ts';
import type { ChangeFeed, ChangesListener } from '../../src/ports/changes.ts';
import { documentChannel } from '../../src/ports/notices.ts';
import type { PublicRevision } from '../../src/ports/public-reads.ts';
import type { PublicEntry } from '../../src/published/entry.ts';
import { createPublicChannels } from '../../src/published/public-channels.ts';
import { NO_CHANGES } from '../support/changes.ts';
import { EMPTY_BODY, MADE_UP_AT, pageOf } from '../support/made-up-page.ts';
import { silentLog } from '../support/silent-log.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const OTHER = '00000000-0000-4000-8000-000000000001';

/** One document at a revision, read through gates, and everything that is sent of it. */
function worldOf(revision: number, changes: ChangeFeed = NO_CHANGES) {
  let documentId = ID;
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const sent: string[] = [];
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
  const channels = createPublicChannels({
    publicPages: {
      page: async () => entry,
      states: async () => new Map(entry && [[entry.document.slug, entry.document]]),
      invalidate: () => undefined,
      async revisionsAfter(_id, after, limit) {
        const last = entry?.document.revision ?? 0;
        await gate;
        return Array.from({ length: Math.min(last - after, limit) }, (_, index) => earlier(after + 1 + index));
      },
    },
    cluster,
    log: silentLog,
    maxChannels: 2,
    changes,
    openDraft: () => undefined,
    opened: (channel) => channel.listeners.add(({ json }) => sent.push(json)),
  });
  return {
    channels,
    /** The next revision, with its notice; resolves when it was sent to the subscribers. */
    async publish(): Promise<void> {
      const number = (entry?.document.revision ?? 0) + 1;
      entry = pageOf(documentId, number);
      const before = sent.length;
      cluster.publish(documentChannel(ID), { kind: 'published', revision: number });
      while (sent.length === before) await new Promise((resolve) => setImmediate(resolve));
    },
    /** The next revision, of which this node gets no notice. */
    publishWithoutNotice(): void {
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

/** A subscriber: the numbers of all revisions that it got, and 0 when the channel closed. */
async function subscribe({ channels }: ReturnType<typeof worldOf>, revision: number, documentId?: string) {
  const seen: number[] = [];
  const request = { slug: 'cranes', position: { revision, documentId }, userId: undefined };
  const joined = await channels.subscribe(request, (channel, missed) => {
    seen.push(...missed.map(({ revision }) => revision));
    channel.subscribe({ userId: undefined, closed: () => seen.push(0) });
    channel.listeners.add(({ revision }) => seen.push(revision));
  });
  return { joined, seen };
}

test('I7 a subscriber that joins while a revision is sent gets it once, and those before it', async (t) => {
  const world = worldOf(3);
  await subscribe(world, 3);
  const release = world.hold();
  const late = subscribe(world, 1);
  await world.publish();
  release();
  const { seen } = await late;
  t.deepEqual(seen, [2, 3, 4]);
  await world.publish();
  t.deepEqual(seen, [2, 3, 4, 5]);
  world.channels.close();
});

test('I6 a subscriber that joins while the document is withdrawn is not let in', async (t) => {
  const world = worldOf(3);
  const first = await subscribe(world, 3);
  const release = world.hold();
  const late = subscribe(world, 1);
  world.remove();
  t.false((await subscribe(world, 3)).joined.ok);
  release();
  const { joined, seen } = await late;
  t.false(joined.ok);
  t.deepEqual(seen, []);
  t.deepEqual(first.seen, [0]);
  t.is(world.channels.count(), 0);
  world.channels.close();
});

test('I7 a subscriber ahead of this node waits for what is newer', async (t) => {
  for (const known of [ID, undefined]) {
    const world = worldOf(3);
    const slow = await subscribe(world, 3);
    const ahead = subscribe(world, 5, known);
    await world.publish();
    await world.publish();
    const { seen } = await ahead;
    t.deepEqual(seen, []);
    await world.publish();
    await world.publish();
    t.deepEqual(seen, [6, 7]);
    t.deepEqual(slow.seen, [4, 5, 6, 7]);
    world.channels.close();
  }
});

test('I7 a subscriber ahead of this node gets nothing twice, without a notice too', async (t) => {
  const world = worldOf(3);
  const ahead = subscribe(world, 5);
  world.publishWithoutNotice();
  world.publishWithoutNotice();
  const { seen } = await ahead;
  await world.publish();
  t.deepEqual(seen, [6]);
  world.channels.close();
});

test('I7 a subscriber at a position that this document never had starts anew', async (t) => {
  for (const [revision, documentId] of [
    [2, OTHER],
    [3, OTHER],
    [7, OTHER],
    [7, undefined],
  ] as const) {
    const world = worldOf(3);
    const { seen } = await subscribe(world, revision, documentId);
    t.deepEqual(seen, [3]);
    await world.publish();
    t.deepEqual(seen, [3, 4]);
    world.channels.close();
  }
});

test('I6 I7 a subscriber whose name goes to another document loses the one, and can subscribe to the other', async (t) => {
  const world = worldOf(3);
  const first = await subscribe(world, 3, ID);
  world.give(1);
  const { seen } = await subscribe(world, 3, ID);
  t.deepEqual(seen, [1]);
  t.deepEqual(first.seen, [0]);
  world.channels.close();
});

test('I9 a channel without subscribers stays for those who come back, until the next look at what changed', async (t) => {
  let changed: ChangesListener = async () => undefined;
  const world = worldOf(3, {
    pollMs: NO_CHANGES.pollMs,
    subscribe(listener) {
      changed = listener;
      return () => undefined;
    },
  });
  const nothing = { everything: false, users: new Set<string>(), documents: new Set<string>(), lists: false };
  const subscriber = { userId: undefined, closed: () => t.fail() };
  const position = { revision: 3, documentId: ID };
  await world.channels.subscribe({ slug: 'cranes', position, userId: undefined }, (channel) => {
    channel.subscribe(subscriber);
  });
  await changed(nothing, 0);
  t.is(world.channels.count(), 1, 'somebody subscribes');
  for (const channel of world.channels.of(ID)) channel.unsubscribe(subscriber);
  t.is(world.channels.count(), 1);
  await changed(nothing, 0);
  t.is(world.channels.count(), 0);
  world.channels.close();
});
