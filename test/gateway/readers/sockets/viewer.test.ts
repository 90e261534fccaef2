// Viewers that find, lose and find documents again, without sockets: reads come late, lag behind, or fail.
import test from 'ava';
import type { Socket } from 'socket.io';
import { createLocalCluster } from '../../../../src/cluster/local.ts';
import { Viewer } from '../../../../src/gateway/readers/sockets/viewer.ts';
import { createViewerChannels } from '../../../../src/gateway/readers/sockets/viewer-channels.ts';
import { documentChannel } from '../../../../src/ports/notices.ts';
import type { PublicPages, UserReads } from '../../../../src/published/publication-sources.ts';
import { NO_CHANGES } from '../../../support/changes.ts';
import { until } from '../../../support/helpers.ts';
import { EMPTY_BODY, MADE_UP_AT, pageOf } from '../../../support/made-up-page.ts';
import { silentLog } from '../../../support/silent-log.ts';

const CRANES = '00000000-0000-4000-8000-000000000001';
const STORKS = '00000000-0000-4000-8000-000000000002';
const ID = 'ann-s-id';

type Sent = [event: string, body: { slug: string; code?: string; revision?: number; id?: string }];

/** Pages as the test says, and viewers of them. */
function worldOf(page: PublicPages['page'], more: { published?: UserReads['published']; random?: () => number } = {}) {
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const rooms = new Map<string, Set<Sent[]>>();
  const world = {
    page,
    published: more.published ?? (async () => undefined),
    revisionsAfter: (async () => []) as PublicPages['revisionsAfter'],
  };
  const channels = createViewerChannels({
    publicPages: {
      page: (slug) => world.page(slug),
      revisionsAfter: (...asked) => world.revisionsAfter(...asked),
      states: async () => new Map(),
      invalidate: () => undefined,
    },
    userReads: {
      published: (...asked) => world.published(...asked),
      states: (asked) => Promise.all(asked.map(({ slug, userId }) => world.published(slug, userId))),
      get: async () => undefined,
    },
    cluster,
    log: silentLog,
    send(room, event, body) {
      for (const said of rooms.get(room) ?? []) said.push([event, body]);
    },
    openDraft: () => undefined,
    maxChannels: 10,
    changes: NO_CHANGES,
    now: () => performance.now(),
  });

  function viewer(userId?: string) {
    const said: Sent[] = [];
    let hear: (event: string, ...rest: unknown[]) => void = () => undefined;
    const socket = {
      onAny(listener: typeof hear) {
        hear = listener;
      },
      emit: (...message: Sent) => said.push(message),
      join: (room: string) => rooms.set(room, (rooms.get(room) ?? new Set()).add(said)),
      leave: (room: string) => rooms.get(room)?.delete(said),
      disconnect: () => said.push(['disconnect', { slug: '' }]),
    };
    const identity = userId === undefined ? undefined : { userId, sessionId: '', handle: '' };
    const made = new Viewer(socket as unknown as Socket, identity as never, {
      channels,
      counts: { add: () => undefined, of: () => 1, close: () => undefined },
      clock: { now: Date.now },
      random: more.random ?? (() => 0),
      log: silentLog,
      limits: { maxWatchesPerSocket: 2, maxViewerMessagesPerSecond: 1_000, maxViewerMessageBurst: 1_000 },
    });
    return {
      said,
      events: () => said.map(([event]) => event),
      watch: (since?: number, id?: string) =>
        new Promise<{ ok: boolean; error?: { code: string } }>((resolve) =>
          hear('watch', { slug: 'cranes', ...(since !== undefined && { since }), ...(id && { id }) }, resolve),
        ),
      close: () => made.closed(),
    };
  }
  const notice = (documentId = CRANES) => cluster.publish(documentChannel(documentId), { kind: 'changed' });
  return { world, channels, viewer, notice };
}

const ownPage = (documentId: string) => async () => ({
  documentId,
  slug: 'cranes',
  author: 'ann',
  revision: 3,
  title: '',
  summary: '',
  body: EMPTY_BODY,
  publishedAt: MADE_UP_AT,
  live: false,
  language: 'en',
});

test('I6 a user who may still read a document that became private keeps it, even when it cannot be read at first', async (t) => {
  const { world, channels, viewer, notice } = worldOf(async () => pageOf(CRANES, 3));
  const [known, unknown] = [viewer(ID), viewer()];
  t.true((await known.watch(3)).ok && (await unknown.watch(3)).ok);
  let asked = 0;
  world.published = async () => {
    asked += 1;
    if (asked < 4) throw new Error('too many wait for a connection');
    return await ownPage(CRANES)();
  };
  world.page = async () => undefined;
  notice();
  await until(() => unknown.events().includes('gone'));
  await until(() => asked >= 4 && [...channels.of(CRANES)].length === 1);
  t.deepEqual(unknown.events(), ['gone']);
  t.deepEqual(known.events(), []);
  channels.close();
});

test('I9 a viewer whose rights cannot be read for long is disconnected, to reconnect', async (t) => {
  const { world, channels, viewer, notice } = worldOf(async () => pageOf(CRANES, 3));
  const one = viewer(ID);
  await one.watch(3);
  world.published = () => Promise.reject(new Error('away'));
  world.page = async () => undefined;
  notice();
  await until(() => one.events().includes('disconnect'));
  t.like(one.said, [['bye', { code: 'unavailable' }], ['disconnect']]);
  channels.close();
});

test('a watch that overtakes the search for a lost document is all that the viewer gets answered', async (t) => {
  const { world, channels, viewer, notice } = worldOf(async () => pageOf(CRANES, 3));
  const one = viewer(ID);
  await one.watch(3);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.page = async () => undefined;
  world.published = async () => await promise;
  notice();
  await until(() => [...channels.of(CRANES)].length === 0);
  world.published = ownPage(CRANES);
  t.true((await one.watch(3)).ok);
  resolve(undefined);
  await new Promise(setImmediate);
  t.deepEqual(one.events(), []);
  one.close();
  t.is(channels.count(), 0);
  channels.close();
});

test('I9 a subscription that cannot be made is dropped', async (t) => {
  const { world, channels, viewer } = worldOf(async () => pageOf(CRANES, 9));
  world.revisionsAfter = () => Promise.reject(new Error('away'));
  t.like(await viewer().watch(2), { ok: false, error: { code: 'unavailable' } });
  t.is(channels.count(), 0);
  channels.close();
});

test('I6 I7 of two concurrent watches of one slug the later one counts', async (t) => {
  const { world, channels, viewer, notice } = worldOf(async () => pageOf(CRANES, 3));
  const [one, other] = [viewer(), viewer()];
  await other.watch(3);
  const { promise, resolve } = Promise.withResolvers<void>();
  world.page = async () => {
    await promise;
    return pageOf(CRANES, 3);
  };
  const answers = [one.watch(3), one.watch(3)];
  resolve();
  t.like(await Promise.all(answers), [{ ok: false, error: { code: 'not_open' } }, { ok: true }]);
  other.close();
  world.page = async () => pageOf(CRANES, 4);
  notice();
  await until(() => one.events().includes('revision'));
  world.page = async () => undefined;
  notice();
  await until(() => one.events().includes('gone'));
  t.deepEqual(one.events(), ['revision', 'gone']);
  channels.close();
});

test('I7 a viewer ahead of its node gets newer revisions alone', async (t) => {
  const { world, channels, viewer, notice } = worldOf(async () => pageOf(CRANES, 3));
  const one = viewer();
  const answer = one.watch(5, CRANES);
  world.page = async () => pageOf(CRANES, 5);
  t.like(await answer, { ok: true, revision: 5 });
  world.page = async () => pageOf(CRANES, 6);
  notice();
  await until(() => one.events().includes('revision'));
  t.like(one.said, [['revision', { revision: 6, id: CRANES }]]);
  t.is(one.said.length, 1);
  channels.close();
});

for (const [has, id] of [
  [3, CRANES],
  [2, CRANES],
  [7, CRANES],
  [7, undefined],
] as const) {
  const known = id ? 'of another document' : 'of a document that is not known';
  test(`I7 a viewer with revision ${has} ${known} under the name gets the current one`, async (t) => {
    const { channels, viewer } = worldOf(async () => pageOf(STORKS, 3));
    const one = viewer();
    t.like(await one.watch(has, id), { ok: true, revision: 3 });
    t.like(one.said, [['revision', { revision: 3, id: STORKS }]]);
    channels.close();
  });
}

test('I7 a viewer of a name that goes to another document gets that one', async (t) => {
  const { world, channels, viewer, notice } = worldOf(async () => pageOf(CRANES, 3));
  const one = viewer();
  await one.watch(3);
  world.page = async () => pageOf(STORKS, 1);
  notice();
  await until(() => one.events().length > 0);
  t.like(one.said, [['revision', { revision: 1, id: STORKS }]]);
  channels.close();
});
