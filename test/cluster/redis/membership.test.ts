// The rules by which a node is judged alive or dead (M1 to M4), on a clock that the test moves.
import test from 'ava';
import { reconnectDelayMs } from '../../../src/cluster/redis/connection.ts';
import { Membership } from '../../../src/cluster/redis/membership.ts';

const LEASE = 1500;

function setup(settled = true) {
  let now = 10_000;
  const members = new Membership('self', LEASE, () => now);
  members.linkUp(settled);
  /** Time passes; our own heartbeat comes back at the end of it, unless Redis hangs. */
  const pass = (ms: number, echo = true): void => {
    now += ms;
    if (echo) members.echoed(now);
  };
  return { members, pass };
}

test('I2 a peer is alive within its lease and dead past it', (t) => {
  const { members, pass } = setup();
  pass(LEASE + 1);
  members.heartbeat('peer');
  pass(LEASE);
  t.is(members.liveness('peer'), 'alive');
  pass(1);
  t.is(members.liveness('peer'), 'dead');
  members.heartbeat('peer');
  t.is(members.liveness('peer'), 'alive');
});

test('I2 no peer counts as silent while our own heartbeats do not come back', (t) => {
  const { members, pass } = setup();
  members.heartbeat('peer');
  pass(10 * LEASE, false);
  t.is(members.liveness('peer'), 'unknown');
  t.is(members.liveness('never seen'), 'unknown');
  t.false(members.nobodyListens('peer'), 'nor does an unproven link convict');
  members.echoed(10_000 + LEASE);
  t.is(members.liveness('peer'), 'unknown', 'proven up to the lease, not past it');
  members.echoed(10_000 + LEASE + 1);
  t.is(members.liveness('peer'), 'dead');
});

test('I2 after the link came up no silent peer counts as dead before a full lease', (t) => {
  const { members, pass } = setup();
  t.is(members.liveness('peer'), 'unknown');
  pass(LEASE);
  t.is(members.liveness('peer'), 'unknown');
  pass(1);
  t.is(members.liveness('peer'), 'dead');
  members.linkDown();
  t.is(members.liveness('peer'), 'unknown');
  members.linkUp(false);
  pass(LEASE);
  t.is(members.liveness('peer'), 'unknown');
});

test('I2 after our own pause no silent peer counts as dead before a full lease', (t) => {
  const { members, pass } = setup();
  members.heartbeat('peer');
  pass(10 * LEASE, false);
  members.wasPaused();
  pass(LEASE);
  t.is(members.liveness('peer'), 'unknown');
  pass(1);
  t.is(members.liveness('peer'), 'dead');
});

test('I2 a channel without subscribers marks its node as dead until a later heartbeat', (t) => {
  const { members, pass } = setup();
  members.heartbeat('peer');
  pass(100);
  t.true(members.nobodyListens('peer'));
  t.is(members.liveness('peer'), 'dead');
  pass(50, false);
  members.heartbeat('peer');
  t.is(members.liveness('peer'), 'dead', 'this heartbeat was under way when the verdict fell');
  pass(50);
  members.heartbeat('peer');
  t.is(members.liveness('peer'), 'alive');
});

test('I2 a channel without subscribers marks no node as dead before all had time to resubscribe', (t) => {
  const { members, pass } = setup(false);
  members.heartbeat('peer');
  pass(LEASE - 1);
  t.false(members.nobodyListens('peer'));
  t.is(members.liveness('peer'), 'alive');
  pass(1);
  t.true(members.nobodyListens('peer'));
  members.linkDown();
  members.linkUp(false);
  pass(1);
  t.is(members.liveness('peer'), 'unknown', 'a broken link clears the verdict');
});

test('I2 a node that left stays dead, with or without a link', (t) => {
  const { members, pass } = setup();
  members.heartbeat('peer');
  members.saidGoodbye('peer');
  members.heartbeat('peer');
  t.is(members.liveness('peer'), 'dead');
  t.true(members.leftForEver('peer'));
  members.linkDown();
  t.is(members.liveness('peer'), 'dead');
  members.linkUp(false);
  pass(1);
  t.deepEqual(members.alive(), ['self']);
});

test('I9 peers silent for long are forgotten and stay dead', (t) => {
  const { members, pass } = setup();
  for (let i = 0; i < 100; i++) members.heartbeat(`peer-${i}`);
  t.is(members.peers().size, 100);
  pass(30 * LEASE);
  t.is(members.peers().size, 0);
  t.is(members.liveness('peer-1'), 'dead');
});

test('reconnects back off with jitter up to a second', (t) => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => reconnectDelayMs(attempt, () => 1));
  t.deepEqual(longest, [50, 100, 200, 400, 800, 1000, 1000, 1000]);
  t.is(
    reconnectDelayMs(1000, () => 0),
    500,
  );
});
