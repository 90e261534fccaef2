/** Pauses after failures: growing, limited, and over with the first success. */
import test from 'ava';
import { FailurePauses } from '../../src/lib/failure-pauses.ts';
import { TurnedClock } from '../support/turned-clock.ts';

function world(maxKeys = 10) {
  const clock = new TurnedClock(0);
  return { clock, pauses: new FailurePauses(maxKeys, { firstMs: 100, longestMs: 400 }, () => clock.now()) };
}

test('a pause begins with a failure, grows with each in a row up to the longest, and is that of one key', (t) => {
  const { clock, pauses } = world();
  t.false(pauses.isPaused('a'));
  for (const ms of [100, 200, 400, 400]) {
    t.is(pauses.failed('a'), ms);
    clock.advance(ms - 1);
    t.true(pauses.isPaused('a'));
    t.false(pauses.isPaused('b'));
    clock.advance(1);
    t.false(pauses.isPaused('a'));
  }
});

test('a success ends the pause, and the next failure is the first', (t) => {
  const { pauses } = world();
  pauses.failed('a');
  pauses.failed('a');
  pauses.succeeded('a');
  t.false(pauses.isPaused('a'));
  t.is(pauses.failed('a'), 100);
});

test('I9 so many keys are remembered', (t) => {
  const { pauses } = world(2);
  for (const key of ['a', 'b', 'c']) pauses.failed(key);
  t.deepEqual(
    ['a', 'b', 'c'].map((key) => pauses.isPaused(key)),
    [false, true, true],
  );
});
