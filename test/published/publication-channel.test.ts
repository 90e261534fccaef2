// One publication channel without sockets: what it makes of reads that come late, lag behind, or fail.
import test from 'ava';
import { DraftDisplay, type DraftEvents } from '../../src/published/draft-display.ts';
import type { Publication, PublishedRevision } from '../../src/published/publication.ts';
import { PublicationChannel } from '../../src/published/publication-channel.ts';
import { silentLog } from '../support/silent-log.ts';

const CONFIRMED_FOR_MS = 1_000;

const revisionOf = (revision: number, documentId = 'one'): PublishedRevision => ({
  documentId,
  slug: 'cranes',
  author: 'ann',
  revision,
  title: '',
  summary: '',
  html: '',
  publishedAt: '',
  language: 'en',
});
const publicationOf = (revision: number, documentId = 'one', live = false): Publication => ({
  live,
  isFormer: false,
  current: revisionOf(revision, documentId),
});

function open(reads: (() => Promise<Publication | undefined>)[], first = publicationOf(2)) {
  const sent: number[] = [];
  /** Positions of the draft that were sent, and -1 when all of it was asked for again. */
  const drafted: number[] = [];
  let ends = 0;
  let now = 0;
  let draft: DraftEvents | undefined;
  const text = { seq: 0, title: '', summary: '', blocks: [] };
  const channel = new PublicationChannel<PublishedRevision>(1, first, false, {
    source: {
      read: () => (reads.shift() ?? (() => Promise.reject(new Error('away'))))(),
      revisionsAfter: async (after, current, limit) =>
        Array.from({ length: Math.min(current.revision - after, limit) }, (_, index) => revisionOf(after + 1 + index)),
    },
    encoder: { encode: (revision) => revision, lengthOf: () => 0 },
    cluster: { subscribe: () => () => undefined },
    log: silentLog,
    unused: () => undefined,
    closed: () => {
      ends += 1;
    },
  });
  channel.listeners.add(({ revision }) => sent.push(revision));
  channel.draft = new DraftDisplay(first, {
    open: (_request, events) => {
      draft = events;
      return { text, restart: () => void drafted.push(-1), close: () => undefined };
    },
    isPrivate: false,
    send: (...[event, message]) => {
      if (event === 'live') drafted.push(message.seq);
    },
    confirmedForMs: CONFIRMED_FOR_MS,
    now: () => now,
  });
  return {
    channel,
    sent,
    drafted,
    ended: () => ends,
    write: (seq: number) => draft?.changed({ seq, base: seq - 1, splices: [] }),
    at(time: number): void {
      now = time;
    },
  };
}

test('I7 a read that lags behind sends nothing and takes nothing back', async (t) => {
  const { channel, sent } = open([
    async () => publicationOf(1),
    async () => publicationOf(4),
    async () => publicationOf(3),
  ]);
  await channel.look();
  t.is(channel.revision, 2);
  await channel.look();
  await channel.look();
  t.deepEqual(sent, [3, 4]);
  t.is(channel.revision, 4);
});

test('I7 what comes during a look leads to another, and each revision is sent once', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Publication>();
  const { channel, sent } = open([() => promise, async () => publicationOf(4)]);
  const looks = [channel.look(), channel.look(), channel.look()];
  resolve(publicationOf(3));
  await Promise.all(looks);
  t.deepEqual(sent, [3, 4]);
});

test('I7 a channel that is far behind sends each revision in order', async (t) => {
  const { channel, sent } = open([async () => publicationOf(60)]);
  await channel.look();
  t.deepEqual(
    sent,
    Array.from({ length: 58 }, (_, index) => index + 3),
  );
  t.is(channel.revision, 60);
});

test('I6 another document under the name, or none, closes the channel once; a failed read does not', async (t) => {
  const { channel, ended } = open([]);
  await channel.look();
  t.false(channel.isClosed);
  const other = open([async () => publicationOf(9, 'two'), async () => undefined]);
  await other.channel.look();
  await other.channel.look();
  t.true(other.channel.isClosed);
  t.deepEqual(other.sent, []);
  t.is(other.ended(), 1);
  t.is(ended(), 0);
});

test('I6 a draft is withheld while access to it is not confirmed, and sent whole afterwards', async (t) => {
  const { channel, drafted, write, at } = open([], publicationOf(2, 'one', true));
  write(1);
  at(CONFIRMED_FOR_MS - 1);
  write(2);
  // Reads fail, while the draft goes on in its owner's memory.
  await channel.look();
  at(CONFIRMED_FOR_MS);
  write(3);
  t.is(channel.draft?.text, null, 'nor does a new subscriber get it');
  // Asked too long ago to say anything about now.
  at(2 * CONFIRMED_FOR_MS);
  channel.confirm(CONFIRMED_FOR_MS);
  write(4);
  t.deepEqual(drafted, [1, 2]);
  channel.confirm(2 * CONFIRMED_FOR_MS);
  write(5);
  t.deepEqual(drafted, [1, 2, -1, 5]);
  t.truthy(channel.draft?.text);
  channel.confirm(2 * CONFIRMED_FOR_MS);
  t.deepEqual(drafted, [1, 2, -1, 5], 'what was not withheld is not sent again');
});
