/** A public document with the bytes that are made of it: few, and those that readers use. */
import test from 'ava';
import { createEntry } from '../../src/published/entry.ts';
import { cachedEntry } from '../support/live-documents.ts';

function entryOf() {
  const { document, body, html } = cachedEntry();
  let bytes = 0;
  const made: string[] = [];
  const entry = createEntry(document, { body, html }, (more) => {
    bytes += more;
  });
  return {
    made,
    bytes: () => bytes,
    read(key: string) {
      return entry.cached(key, () => {
        made.push(key);
        return 'x'.repeat(100);
      });
    },
  };
}

test('FAST4 I10 bytes that are used again stay, however many keys are used once', (t) => {
  const { read, made, bytes } = entryOf();
  const page = read('page');
  for (let n = 0; n < 100; n += 1) {
    read(`host ${n}`);
    t.is(read('page'), page);
  }
  t.is(made.filter((key) => key === 'page').length, 1);
  t.is(bytes(), 1_600);
});

test('FAST4 I9 bytes that nobody uses any more make room, also when all were used', (t) => {
  const { read, made, bytes } = entryOf();
  for (let time = 0; time < 2; time += 1) for (let n = 0; n < 16; n += 1) read(`old ${n}`);
  t.is(made.length, 16);
  read('new');
  t.is(bytes(), 1_600);
  read('old 15');
  t.is(made.length, 17, 'the oldest went');
  read('old 0');
  t.is(made.length, 18);
  t.is(bytes(), 1_600);
});
