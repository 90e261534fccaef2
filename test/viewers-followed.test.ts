// One followed page, without sockets: what it makes of reads that come late, lag behind, or fail.
import test from 'ava';
import { Followed, type News } from '../src/gateway/viewers/followed.ts';
import type { Shown } from '../src/gateway/viewers/sources.ts';
import { silentLog } from './support/silent-log.ts';

const shown = (revision: number, documentId = 'one'): Shown => ({
  documentId,
  live: false,
  current: { slug: 'cranes', id: documentId, revision, title: '', summary: '', html: '', publishedAt: '' },
});

function follow(reads: (() => Promise<Shown | undefined>)[]) {
  const told: number[] = [];
  let ends = 0;
  const followed = new Followed(shown(2), 'room', {
    source: {
      read: () => (reads.shift() ?? (() => Promise.reject(new Error('away'))))(),
      between: async (after, { current }) =>
        Array.from({ length: current.revision - after - 1 }, (_, index) => shown(after + 1 + index).current),
    },
    log: silentLog,
    tell: (...[event, message]: News) => {
      if (event === 'revision') told.push(message.revision);
    },
    openDraft: () => undefined,
    onEnd: () => {
      ends += 1;
    },
  });
  return { followed, told, ended: () => ends };
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
