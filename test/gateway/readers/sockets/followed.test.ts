// One followed page, without sockets: what it makes of reads that come late, lag behind, or fail.
import test from 'ava';
import { type DraftEvents, Followed, type News } from '../../../../src/gateway/readers/sockets/followed.ts';
import type { Shown } from '../../../../src/gateway/readers/sockets/sources.ts';
import { silentLog } from '../../../support/silent-log.ts';

const HOLD_MS = 1_000;

const shown = (revision: number, documentId = 'one', live = false): Shown => ({
  documentId,
  live,
  current: { slug: 'cranes', id: documentId, revision, title: '', summary: '', html: '', publishedAt: '' },
});

function follow(reads: (() => Promise<Shown | undefined>)[], first = shown(2)) {
  const told: number[] = [];
  /** Positions of the draft that were told, and -1 when all of it was asked for again. */
  const drafted: number[] = [];
  let ends = 0;
  let now = 0;
  let draft: DraftEvents | undefined;
  const text = { seq: 0, title: '', summary: '', blocks: [] };
  const followed = new Followed(first, 'room', {
    source: {
      read: () => (reads.shift() ?? (() => Promise.reject(new Error('away'))))(),
      between: async (after, { current }) =>
        Array.from({ length: current.revision - after - 1 }, (_, index) => shown(after + 1 + index).current),
    },
    log: silentLog,
    tell: (...[event, message]: News) => {
      if (event === 'revision') told.push(message.revision);
      if (event === 'live') drafted.push(message.seq);
    },
    openDraft: (_documentId, events) => {
      draft = events;
      return { text, restart: () => void drafted.push(-1), close: () => undefined };
    },
    holdMs: HOLD_MS,
    now: () => now,
    onEnd: () => {
      ends += 1;
    },
  });
  return {
    followed,
    told,
    drafted,
    ended: () => ends,
    write: (seq: number) => draft?.changed({ seq, base: seq - 1, splices: [] }),
    at(time: number): void {
      now = time;
    },
  };
}

test('I7 a read that lags behind tells nothing and takes nothing back', async (t) => {
  const { followed, told } = follow([async () => shown(1), async () => shown(4), async () => shown(3)]);
  await followed.look();
  t.is(followed.revision, 2);
  await followed.look();
  await followed.look();
  t.deepEqual(told, [3, 4]);
  t.is(followed.revision, 4);
});

test('I7 what comes during a look leads to another, and each revision is told once', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Shown>();
  const { followed, told } = follow([() => promise, async () => shown(4)]);
  const looks = [followed.look(), followed.look(), followed.look()];
  resolve(shown(3));
  await Promise.all(looks);
  t.deepEqual(told, [3, 4]);
});

test('I6 another document under the name, or none, ends it once; a failed read does not', async (t) => {
  const { followed, ended } = follow([]);
  await followed.look();
  t.false(followed.ended);
  const other = follow([async () => shown(9, 'two'), async () => undefined]);
  await other.followed.look();
  await other.followed.look();
  t.true(other.followed.ended);
  t.deepEqual(other.told, []);
  t.is(other.ended(), 1);
  t.is(ended(), 0);
});

test('I6 a draft is held back while nobody can say who may read it, and told whole afterwards', async (t) => {
  const { followed, drafted, write, at } = follow([], shown(2, 'one', true));
  write(1);
  at(HOLD_MS - 1);
  write(2);
  // Reads fail, while the draft goes on in its owner's memory.
  await followed.look();
  at(HOLD_MS);
  write(3);
  t.is(followed.draft, null, 'nor is it shown to who comes now');
  // Asked too long ago to say anything about now.
  at(2 * HOLD_MS);
  followed.confirmed(HOLD_MS);
  write(4);
  t.deepEqual(drafted, [1, 2]);
  followed.confirmed(2 * HOLD_MS);
  write(5);
  t.deepEqual(drafted, [1, 2, -1, 5]);
  t.truthy(followed.draft);
  followed.confirmed(2 * HOLD_MS);
  t.deepEqual(drafted, [1, 2, -1, 5], 'what was not held back is not told again');
});
