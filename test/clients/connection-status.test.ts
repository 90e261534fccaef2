/** What a reader of a live document sees of the connection, with a clock that the test turns. */
import test from 'ava';
import { createStatusDisplay, type Timers } from '../../src/clients/connection-status.ts';
import { TurnedClock } from '../support/turned-clock.ts';

const START = Date.UTC(2026, 4, 3, 14, 32);
const SECOND = 1_000;

function display() {
  const clock = new TurnedClock(START);
  let next: { at: number; run: () => void } | undefined;
  const timers: Timers = {
    now: () => clock.now(),
    after: (run, ms) => {
      next = { at: clock.now() + ms, run };
      return next;
    },
    cancel(timer) {
      if (timer === next) next = undefined;
    },
  };
  const shown: string[] = [];
  const status = createStatusDisplay((kind, at) => shown.push(`${kind} ${(at - START) / SECOND}`), timers);
  return {
    status,
    shown,
    isWaiting: () => next !== undefined,
    /** Time passes, and with it timers that are due, unless the device sleeps. */
    pass(seconds: number, asleep = false): void {
      clock.advance(seconds * SECOND);
      if (asleep || !next || next.at > clock.now()) return;
      const { run } = next;
      next = undefined;
      run();
    },
  };
}

test('ONAIR8 a lost connection shows at once, and after a minute when the page was last up to date', (t) => {
  const { status, shown, pass, isWaiting } = display();
  status.connected();
  pass(100);
  status.lost();
  t.deepEqual(shown, ['connected 0', 'reconnecting 100']);
  pass(59);
  t.is(shown.length, 2);
  pass(1);
  t.deepEqual(shown.slice(2), ['outdated 100']);
  t.false(isWaiting(), 'nothing runs any more');
  status.connected();
  t.is(shown.at(-1), 'connected 160');
});

test('ONAIR8 attempts that fail do not begin the minute anew, and a connection that is back ends it', (t) => {
  const { status, shown, pass, isWaiting } = display();
  status.lost();
  pass(30);
  status.lost();
  pass(29);
  t.is(shown.at(-1), 'reconnecting 0');
  status.connected();
  t.false(isWaiting());
  pass(100);
  t.is(shown.at(-1), 'connected 59');
  status.lost();
  t.is(shown.at(-1), 'reconnecting 159');
});

test('ONAIR8 the minute counts from when the server was last heard', (t) => {
  const { status, shown, pass } = display();
  pass(45);
  status.lost(START);
  t.is(shown.at(-1), 'reconnecting 0');
  pass(15);
  t.is(shown.at(-1), 'outdated 0');
});

test('ONAIR8 a device that slept shows what is right when it wakes', (t) => {
  const { status, shown, pass } = display();
  status.lost();
  pass(3_600, true);
  t.is(shown.at(-1), 'reconnecting 0', 'its timers stood still');
  status.refresh();
  t.is(shown.at(-1), 'outdated 0');
  status.connected();
  const count = shown.length;
  status.refresh();
  t.is(shown.length, count, 'nothing to say of a connection that is there');
});

test('what is closed waits for nothing', (t) => {
  const { status, isWaiting } = display();
  status.lost();
  t.true(isWaiting());
  status.close();
  t.false(isWaiting());
});
