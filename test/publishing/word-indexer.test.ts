/** Indexing what was stored without words: all of it, also what comes after a text that cannot be indexed, until the node closes. */
import test from 'ava';
import type { IndexedTexts } from '../../src/ports/draft-texts.ts';
import { createWordIndexer } from '../../src/publishing/word-indexer.ts';
import { silentLog } from '../support/silent-log.ts';

const HOUR = 3_600_000;

/** An indexer of so many documents, and what it asked for. */
function indexerOf(index: (after: string | undefined) => Promise<IndexedTexts>) {
  const asked: (string | undefined)[] = [];
  const errors: object[] = [];
  const texts = {
    index(after: string | undefined) {
      asked.push(after);
      return index(after);
    },
  };
  const log = { ...silentLog, error: (fields: object) => void errors.push(fields) };
  return { asked, errors, indexer: createWordIndexer({ texts, log, everyMs: HOUR }) };
}

test('SEARCH11 all that is behind is indexed at the start, and what cannot be is reported', async (t) => {
  const left: IndexedTexts[] = [
    { last: 'a', failed: [] },
    { last: 'b', failed: [{ documentId: 'x', error: new Error('too odd') }] },
    { last: undefined, failed: [] },
  ];
  const { asked, errors, indexer } = indexerOf(async () => left.shift() ?? { last: undefined, failed: [] });
  await indexer.run();
  t.deepEqual(asked, [undefined, 'a', 'b', undefined], 'at the start, and once more');
  t.like(errors[0], { documentId: 'x' });
  t.is(errors.length, 1);
  await indexer.close();
});

test('SEARCH11 a database that is away ends one run and not the next, and a close ends after the present documents', async (t) => {
  let isAway = true;
  const { asked, indexer } = indexerOf(async () => {
    if (isAway) throw new Error('away');
    await new Promise(setImmediate);
    return { last: String(asked.length), failed: [] };
  });
  await indexer.run();
  t.is(asked.length, 2);
  isAway = false;
  const run = indexer.run();
  while (asked.length < 5) await new Promise(setImmediate);
  await indexer.close();
  await run;
  const count = asked.length;
  await new Promise(setImmediate);
  t.is(asked.length, count);
});
