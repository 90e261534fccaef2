/** Comparing revisions: the arithmetic, what cannot be compared, and one tiny run from end to end. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { folder } from '../support/helpers.ts';
import { commitOf } from './support/checkout.ts';
import { ratioOf } from './support/ratios.ts';

const RUN = fileURLToPath(new URL('./run.ts', import.meta.url));
const run = promisify(execFile);

test('ratios are of the same round, and say how far the rounds are apart', (t) => {
  t.deepEqual(ratioOf([10, 40, 21], [10, 20, 20]), { median: 1.05, lowest: 1, highest: 2 });
  t.deepEqual(ratioOf([10, 30], [10, 10]), { median: 2, lowest: 1, highest: 3 });
});

test('what is missing or zero has no ratio', (t) => {
  t.is(ratioOf([], []), undefined);
  t.is(ratioOf([1, 2], [1]), undefined);
  t.is(ratioOf([0], [0]), undefined);
});

test('a revision that is not there is refused', async (t) => {
  await t.throwsAsync(commitOf('no-such-revision'));
  await t.throwsAsync(commitOf('--all'));
});

test('compare runs this checkout and a revision in alternation, under one load', async (t) => {
  const options = ['--rounds', '2', '--authors', '3', '--rate', '20', '--seconds', '1', '--warmup', '0'];
  const { stdout } = await run(process.execPath, [
    RUN,
    ...['compare', 'HEAD', 'durable-edits', ...options, '--checkouts', folder(t)],
  ]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  t.deepEqual(
    lines.flatMap(({ round, of }) => (round === undefined ? [] : [[round, of]])),
    [
      [1, 'HEAD'],
      [1, 'this'],
      [2, 'this'],
      [2, 'HEAD'],
    ],
  );
  for (const line of lines.slice(0, 4)) {
    t.true(Number(line.acked) > 0, 'the load of this checkout was acknowledged');
    t.is(line.lostAtKill, 0);
  }
  const acked = lines.find(({ figure }) => figure === 'acked');
  t.true(Number(acked?.lowest) <= Number(acked?.timesTheRevision));
  t.true(Number(acked?.timesTheRevision) <= Number(acked?.highest));
});

test('compare says what it can compare', async (t) => {
  const failed = await t.throwsAsync<Error & { code: number; stderr: string }>(
    run(process.execPath, [RUN, 'compare', 'HEAD', 'failover']),
  );
  t.is(failed?.code, 2);
  t.regex(failed?.stderr ?? '', /durable-edits, reads, api, fanout/);
});
