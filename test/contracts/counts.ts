// What every implementation of the ports of counts does: the store that gathers the counts of nodes, and the one that keeps them.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { CountStore, Counts, ViewCountStore } from '../../src/ports/counts.ts';
import { until } from '../support/helpers.ts';
import { rulesOf } from './rules.ts';

const DAY = '2026-05-01';

const viewsOf = (documentId: string, views: number): Counts => ({ views: new Map([[documentId, views]]), readers: [] });
const readersOf = (documentId: string, day: string, ...hashes: string[]): Counts => ({
  views: new Map(),
  readers: [{ documentId, day, hashes: new Set(hashes) }],
});

/** @param storeOf a store of a node that counts nothing yet; batches count as abandoned at once */
export function countStoreContract(
  test: TestFn,
  name: string,
  storeOf: (t: ExecutionContext) => Promise<CountStore>,
): void {
  const rule = rulesOf(test, name, storeOf);

  /** The id of the next batch; a cut soon after another one may have to wait. */
  async function cut(store: CountStore): Promise<string> {
    let id: string | undefined;
    await until(async () => {
      id = await store.cut();
      return id !== undefined;
    });
    return id ?? '';
  }

  rule('COUNT1 counts are added once, however often they are sent', async (t, store) => {
    const documentId = randomUUID();
    await store.add(1, viewsOf(documentId, 3));
    await store.add(1, viewsOf(documentId, 3));
    await store.add(2, viewsOf(documentId, 1));
    await store.add(1, viewsOf(documentId, 3));
    t.deepEqual((await store.read(await cut(store)))?.views, new Map([[documentId, 4]]));
  });

  rule('COUNT2 a batch that was cut stays as it is until it is done', async (t, store) => {
    const [first, second] = [randomUUID(), randomUUID()];
    t.is(await store.cut(), undefined, 'nothing was counted');
    await store.add(1, viewsOf(first, 2));
    const id = await cut(store);
    await store.add(2, viewsOf(first, 5));
    await store.add(3, viewsOf(second, 1));
    const batch = { views: new Map([[first, 2]]), readers: [] };
    t.deepEqual(await store.read(id), batch);
    const next = await cut(store);
    t.not(next, id);
    t.deepEqual(await store.read(id), batch);
    t.deepEqual((await store.read(next))?.views, new Map([[first, 5]]).set(second, 1));
    t.deepEqual(new Set(await store.abandoned()), new Set([id, next]), 'whoever looks finds them');
    await store.done(id);
    await store.done(id);
    t.is(await store.read(id), undefined);
    t.deepEqual(await store.abandoned(), [next]);
  });

  rule('COUNT1 readers are distinguished by day and document, over all batches', async (t, store) => {
    const [one, other] = [randomUUID(), randomUUID()];
    await store.add(1, readersOf(one, DAY, 'a', 'b'));
    await store.add(2, readersOf(one, DAY, 'b', 'c'));
    await store.add(3, readersOf(other, DAY, 'a'));
    await store.add(4, readersOf(one, '2026-05-02', 'a'));
    const readers = async () =>
      new Set(
        (await store.read(await cut(store)))?.readers.map((row) => `${row.documentId} ${row.day} ${row.readers}`),
      );
    t.deepEqual(await readers(), new Set([`${one} ${DAY} 3`, `${other} ${DAY} 1`, `${one} 2026-05-02 1`]));
    await store.add(5, readersOf(one, DAY, 'a', 'd'));
    t.deepEqual(await readers(), new Set([`${one} ${DAY} 4`]), 'all of the day so far');
  });

  rule('COUNT5 a day has one salt, and the next day another', async (t, store) => {
    const [first, again] = await Promise.all([store.salt(DAY), store.salt(DAY)]);
    t.is(first, again);
    t.true(first.length > 0);
    t.not(await store.salt('2026-05-02'), first);
    t.is(await store.salt(DAY), first);
  });
}

/** @param storeOf a store that has counted nothing */
export function viewCountStoreContract(
  test: TestFn,
  name: string,
  storeOf: (t: ExecutionContext) => Promise<ViewCountStore>,
): void {
  const rule = rulesOf(test, name, storeOf);

  rule('COUNT4 a batch is added once, however often it is written', async (t, store) => {
    const [id, documentId] = [randomUUID(), randomUUID()];
    t.deepEqual(await store.views(documentId), { views: 0, readersByDay: [] });
    const batch = { views: new Map([[documentId, 4]]), readers: [{ documentId, day: DAY, readers: 3 }] };
    const written = await Promise.all(Array.from({ length: 4 }, () => store.write(id, batch)));
    t.deepEqual(written.toSorted(), [false, false, false, true]);
    t.deepEqual(await store.views(documentId), { views: 4, readersByDay: [{ day: DAY, readers: 3 }] });
  });

  rule('COUNT4 views add up, and of the readers of a day the larger figure counts', async (t, store) => {
    const documentId = randomUUID();
    for (const [day, readers] of [
      [DAY, 3],
      [DAY, 2],
      ['2026-05-02', 1],
    ] as const) {
      await store.write(randomUUID(), { views: new Map([[documentId, 1]]), readers: [{ documentId, day, readers }] });
    }
    t.deepEqual(await store.views(documentId), {
      views: 3,
      readersByDay: [
        { day: '2026-05-02', readers: 1 },
        { day: DAY, readers: 3 },
      ],
    });
  });
}
