/** Coalesced runs: calls during a run lead to exactly one more, and a caller waits for a run that began after its call. */
import test from 'ava';
import { coalesce } from '../../src/lib/coalesce.ts';

function setUp() {
  const runs: { end: () => void }[] = [];
  const call = coalesce(() => new Promise<void>((end) => runs.push({ end })));
  return { runs, call };
}

test('calls during a run lead to one more run together, and wait for it', async (t) => {
  const { runs, call } = setUp();
  const first = call();
  t.is(runs.length, 1, 'the first call runs at once');
  let isDone = false;
  const others = Promise.all([call(), call()]).then(() => {
    isDone = true;
  });
  runs[0]!.end();
  await new Promise((resolve) => setImmediate(resolve));
  t.is(runs.length, 2);
  t.false(isDone);
  runs[1]!.end();
  await Promise.all([first, others]);
  t.is(runs.length, 2);
});

test('a call after the last run begins a new one', async (t) => {
  const { runs, call } = setUp();
  for (const count of [1, 2]) {
    const run = call();
    t.is(runs.length, count);
    runs[count - 1]!.end();
    await run;
  }
});

test('a task that fails ends its run, and the next call runs it again', async (t) => {
  let runs = 0;
  const call = coalesce(async () => {
    runs += 1;
    if (runs === 1) throw new Error('broken');
  });
  await t.throwsAsync(call(), { message: 'broken' });
  await call();
  t.is(runs, 2);
});
