/** Delays between attempts: how they grow, and how far jitter spreads them. */
import test from 'ava';
import { backoffMs, equalJitter, fullJitter, jitter, promptRetryMs, varied } from '../../src/lib/backoff.ts';

const least = () => 0;
const most = () => 1;

test('delays double from the first to the longest, however many attempts there were', (t) => {
  const delays = [0, 1, 2, 3, 4, 5_000].map((attempt) => backoffMs(attempt, { firstMs: 100, longestMs: 1_000 }));
  t.deepEqual(delays, [100, 200, 400, 800, 1_000, 1_000]);
  t.is(backoffMs(0, { firstMs: 100, longestMs: 50 }), 50, 'the longest counts before the first');
  t.is(backoffMs(5_000, { firstMs: 0, longestMs: 50 }), 0);
});

test('jitter stays between its bounds', (t) => {
  const bounds = (of: (random: () => number) => number) => [of(least), of(most)];
  t.deepEqual(
    bounds((random) => jitter(10, 30, random)),
    [10, 30],
  );
  t.deepEqual(
    bounds((random) => fullJitter(100, random)),
    [0, 100],
  );
  t.deepEqual(
    bounds((random) => equalJitter(100, random)),
    [50, 100],
  );
  t.deepEqual(
    bounds((random) => varied(100, 0.25, random)),
    [75, 125],
  );
  t.deepEqual(
    bounds((random) => promptRetryMs(1, random)),
    [0, 40],
  );
  t.is(promptRetryMs(1_000, most), 2_000);
});
