/** How the parts of a node are closed. No server is needed for these. */
import test from 'ava';
import { Drain } from '../../src/node/drain.ts';
import { Parts } from '../../src/node/parts.ts';

test('parts are closed in their order, whatever the order in which they came, and each once', async (t) => {
  const parts = new Parts();
  const closed: string[] = [];
  for (const part of ['database', 'listener', 'journal', 'operators port'] as const) {
    parts.add(part, async () => closed.push(part));
  }
  await parts.close();
  await parts.close();
  t.deepEqual(closed, ['operators port', 'listener', 'journal', 'database']);
});

test('a part that does not close keeps no other open, and is reported', async (t) => {
  const parts = new Parts();
  const closed: string[] = [];
  parts.add('listener', () => {
    throw new Error('the listener hangs');
  });
  parts.add('journal', () => Promise.reject(new Error('the journal is away')));
  parts.add('database', () => closed.push('database'));
  const failed = await t.throwsAsync<AggregateError>(() => parts.close());
  t.deepEqual(
    failed?.errors.map((error: Error) => error.message),
    ['the listener hangs', 'the journal is away'],
  );
  t.deepEqual(closed, ['database']);
});

test('a drain counts from its beginning', (t) => {
  let now = 1_000;
  const drain = new Drain(10_000, () => now);
  t.deepEqual([drain.hasBegun, drain.leftMs()], [false, 10_000]);
  now = 5_000;
  t.is(drain.leftMs(), 10_000);
  drain.begin();
  now = 9_000;
  drain.begin();
  t.deepEqual([drain.hasBegun, drain.elapsedMs(), drain.leftMs()], [true, 4_000, 6_000]);
  now = 20_000;
  t.is(drain.leftMs(), 0);
});
