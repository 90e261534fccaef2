/** Lists of public documents: made once for many, made again when something changed, and never served when that is not known. */
import { setImmediate as turn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createLocalCluster } from '../../src/cluster/local.ts';
import type { Changes, ChangesListener } from '../../src/ports/changes.ts';
import { PUBLICATIONS, type PublicationNotice } from '../../src/ports/public-reads.ts';
import { createKeptLists } from '../../src/published/public-lists.ts';
import { silentLog } from '../support/silent-log.ts';

const NOTHING: Changes = { everything: false, users: new Set(), documents: new Set(), lists: false };

function listsOf(t: ExecutionContext, maxBytes = 1_000) {
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  let time = 1_000;
  let listener: ChangesListener = async () => undefined;
  const lists = createKeptLists({
    cluster,
    changes: {
      pollMs: 500,
      subscribe(given) {
        listener = given;
        return () => undefined;
      },
    },
    log: silentLog,
    maxBytes,
    now: () => time,
  });
  t.teardown(async () => {
    lists.close();
    await cluster.close();
  });
  const made: string[] = [];
  return {
    lists,
    made,
    /** The text of a list, which says how many were made before it. */
    async read(key: string, content: () => Promise<string> = async () => `${key} ${made.length}`) {
      const { plain } = await lists.kept(key, () => {
        made.push(key);
        return content();
      });
      return new TextDecoder().decode(plain);
    },
    advance(ms: number) {
      time += ms;
    },
    looked: (changes: Partial<Changes> = {}) => listener({ ...NOTHING, ...changes }, time),
    /** Resolves when the notice has arrived. */
    async publish(more: Partial<PublicationNotice> = {}) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const leave = cluster.subscribe(PUBLICATIONS, () => resolve());
      cluster.publish(PUBLICATIONS, { documentId: 'id', kind: 'published', ...more });
      await promise;
      leave();
    },
  };
}

test('CACHE4 a list is made once, however many request it, and kept while nothing changes', async (t) => {
  const { read, made, looked, advance } = listsOf(t);
  const all = await Promise.all(Array.from({ length: 100 }, () => read('a')));
  t.deepEqual(new Set(all), new Set(['a 1']));
  for (let looks = 0; looks < 20; looks += 1) {
    advance(500);
    await looked();
    t.is(await read('a'), 'a 1');
  }
  t.deepEqual(made, ['a']);
});

test('I6 a list is made again after a notice, and after a look that found a change', async (t) => {
  const { read, made, looked, publish } = listsOf(t);
  await read('a');
  await publish();
  t.is(await read('a'), 'a 2');
  await looked({ lists: true });
  t.is(await read('a'), 'a 3');
  await looked({ everything: true });
  t.is(await read('a'), 'a 4');
  t.is(made.length, 4);
});

test('I9 I10 what changes of documents that no list has leaves every list, in notices and in looks', async (t) => {
  const { lists, read, made, looked, publish, advance } = listsOf(t);
  // From then on notices arrive.
  await publish();
  await read('a');
  for (const kind of ['changed', 'published', 'unpublished', 'deleted', 'restored'] as const) {
    await publish({ kind, changesLists: false });
    t.truthy(lists.peek('a'), kind);
  }
  advance(500);
  await looked({ documents: new Set(['private']), users: new Set(['ann']) });
  t.truthy(lists.peek('a'));
  t.deepEqual(made, ['a']);
});

test('I6 I13 a notice that says that lists change, says nothing of it, or is of another form, drops them at once', async (t) => {
  const { lists, read, publish } = listsOf(t);
  for (const more of [{ changesLists: true }, {}, { changesLists: 0 as never }]) {
    await read('a');
    await publish({ kind: 'changed', ...more });
    t.is(lists.peek('a'), undefined, JSON.stringify(more));
  }
});

test('I6 I9 however often something changes, one list is made and one waits, which has what changed and is shared', async (t) => {
  const { read, made, publish } = listsOf(t);
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  let content = 'old';
  const early = read('a', () => first.promise);
  await turn();
  const waiting: Promise<string>[] = [];
  for (let n = 0; n < 50; n += 1) {
    content = `after ${n}`;
    await publish();
    waiting.push(read('a', async () => `${content}, ${await second.promise}`));
  }
  t.deepEqual(made, ['a'], 'the first is being made');
  first.resolve('old');
  t.is(await early, 'old');
  await turn();
  t.deepEqual(made, ['a', 'a']);
  await publish();
  waiting.push(read('a', async () => 'last'));
  second.resolve('second');
  const texts = await Promise.all(waiting);
  t.deepEqual(new Set(texts.slice(0, -1)), new Set(['after 49, second']));
  t.is(texts.at(-1), 'last', 'what was begun before a change is not for those who ask after it');
  t.deepEqual(made, ['a', 'a', 'a']);
  t.is(await read('a'), 'last');
});

test('I6 while nobody can tell what changed, nothing that was kept is served', async (t) => {
  const { read, advance } = listsOf(t);
  await read('a');
  advance(999);
  t.is(await read('a'), 'a 1');
  advance(1);
  t.is(await read('a'), 'a 2');
});

test('I6 what is looked at without making it is there only while it is known to be current', async (t) => {
  const { lists, read, advance, looked } = listsOf(t);
  t.is(lists.peek('a'), undefined);
  await read('a');
  t.is(new TextDecoder().decode(lists.peek('a')?.plain), 'a 1');
  t.is(lists.peek('b'), undefined);
  advance(1_000);
  t.is(lists.peek('a'), undefined, 'nobody can tell');
  await looked();
  await read('a');
  t.truthy(lists.peek('a'));
  await looked({ lists: true });
  t.is(lists.peek('a'), undefined, 'something changed');
});

test('CACHE3 what was read before a change is not kept after it', async (t) => {
  const { read, looked } = listsOf(t);
  const { promise, resolve } = Promise.withResolvers<string>();
  const early = read('a', () => promise);
  await turn();
  await looked({ lists: true });
  const late = read('a', async () => 'new');
  resolve('old');
  t.is(await early, 'old');
  t.is(await late, 'new');
  t.is(await read('a'), 'new');
});

test('I9 one list is made at a time, and as many bytes are kept as there is room for', async (t) => {
  const { read, made } = listsOf(t, 25);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = read('a', () => promise);
  const second = read('b', async () => 'b'.repeat(20));
  await turn();
  t.deepEqual(made, ['a']);
  resolve('a'.repeat(20));
  await Promise.all([first, second]);
  await read('b');
  t.deepEqual(made, ['a', 'b']);
  await read('a', async () => '');
  t.deepEqual(made, ['a', 'b', 'a'], 'it had to go for the other');
});

test('a list that cannot be made is tried again', async (t) => {
  const { read } = listsOf(t);
  await t.throwsAsync(
    read('a', async () => {
      throw new Error('away');
    }),
    { message: 'away' },
  );
  t.is(await read('a'), 'a 2');
});
