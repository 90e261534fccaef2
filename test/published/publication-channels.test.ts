/** Who shares a publication channel, and where its subscribers begin. No server is needed for these. */
import test from 'ava';
import type { CloseReason, Subscriber } from '../../src/published/publication-channel.ts';
import { PublicationChannels } from '../../src/published/publication-channels.ts';
import type { UserPublication } from '../../src/published/publication-sources.ts';
import { silentLog } from '../support/silent-log.ts';

interface Message {
  readonly documentId: string;
  readonly revision: number;
}

const publication = (documentId: string, revision: number): UserPublication => ({
  documentId,
  slug: 'plan',
  author: 'ann',
  revision,
  title: 'Plan',
  summary: '',
  body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: documentId }] }] },
  publishedAt: '2026-11-27T12:00:00.000Z',
  live: false,
  language: 'en',
});

/** Channels of private documents; `shown` is what the name `plan` shows to each user. */
function channelsOf(shown: ReadonlyMap<string, UserPublication>) {
  const never = () => () => undefined;
  return new PublicationChannels<Message>({
    publicPages: {
      page: async () => undefined,
      revisionsAfter: async () => [],
      states: async () => new Map(),
      invalidate: () => undefined,
    },
    userReads: {
      published: async (_slug, userId) => shown.get(userId),
      states: async (names) => names.map(({ userId }) => shown.get(userId)),
      get: () => Promise.reject(new Error('the database is away')),
    },
    encoder: { encode: ({ documentId, revision }) => ({ documentId, revision }), lengthOf: () => 1 },
    cluster: { subscribe: never, onReconnected: never },
    changes: { subscribe: never },
    log: silentLog,
    maxChannels: 10,
    keepUnused: false,
    now: () => 0,
  });
}

function reader(channels: PublicationChannels<Message>, userId: string) {
  const got: Message[] = [];
  const closed: CloseReason[] = [];
  const subscriber: Subscriber<Message> = { userId, closed: (_, reason) => closed.push(reason) };
  const subscribe = (revision = 0, documentId?: string) =>
    channels.subscribe({ slug: 'plan', position: { revision, documentId }, userId }, (channel, missed) => {
      got.push(...missed);
      channel.subscribe(subscriber);
    });
  return { got, closed, subscribe };
}

test('I6 private documents of one name have a channel each, and their readers do not end each other', async (t) => {
  const channels = channelsOf(
    new Map([
      ['ann', publication('of ann', 1)],
      ['bob', publication('of bob', 4)],
    ]),
  );
  const [ann, bob] = [reader(channels, 'ann'), reader(channels, 'bob')];
  for (const one of [ann, bob]) t.deepEqual(await one.subscribe(), { ok: true });
  t.deepEqual(ann.got, [{ documentId: 'of ann', revision: 1 }]);
  t.deepEqual(bob.got, [{ documentId: 'of bob', revision: 4 }]);
  for (const documentId of ['of ann', 'of bob']) for (const channel of channels.of(documentId)) await channel.look();
  t.deepEqual([ann.closed, bob.closed, channels.count()], [[], [], 2]);
});

test('I6 a user to whom the name shows another document leaves the channel, and the others stay', async (t) => {
  const shown = new Map([
    ['ann', publication('one', 1)],
    ['bob', publication('one', 1)],
  ]);
  const channels = channelsOf(shown);
  const [ann, bob] = [reader(channels, 'ann'), reader(channels, 'bob')];
  for (const one of [ann, bob]) await one.subscribe();
  shown.set('bob', publication('another', 1));
  for (const channel of channels.of('one')) await channel.look();
  t.deepEqual([ann.closed, bob.closed], [[], ['withdrawn']]);
});

test('I7 a subscriber cannot join a channel that is behind what was read for it', async (t) => {
  const shown = new Map([['ann', publication('one', 5)]]);
  const channels = channelsOf(shown);
  await reader(channels, 'ann').subscribe();
  shown.set('bob', publication('one', 8));
  shown.set('ann', publication('one', 8));
  const bob = reader(channels, 'bob');
  t.deepEqual(await bob.subscribe(7, 'one'), { ok: false, code: 'unavailable' });
  t.deepEqual(bob.got, []);
});
