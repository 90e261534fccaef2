/** The life of a user on a node, under a simulated clock. */
import test from 'ava';
import { createActor, fromCallback, SimulatedClock } from 'xstate';
import { userMachine } from '../../../src/actors/user/user-machine.ts';

function user() {
  const clock = new SimulatedClock();
  const happened: string[] = [];
  let connections = 0;
  let subscribed = 0;
  let deliver: (event: { type: string }) => void = () => undefined;
  const machine = userMachine.provide({
    actors: {
      changes: fromCallback(({ sendBack }) => {
        subscribed += 1;
        deliver = sendBack;
        return () => {
          subscribed -= 1;
        };
      }),
    },
  });
  const actor = createActor(machine, {
    clock,
    input: {
      userId: 'ann',
      lingerMs: 1_000,
      connections: () => connections,
      apply: (change) => happened.push(change.kind),
      recheck: () => happened.push('recheck'),
    },
  });
  actor.start();
  return {
    actor,
    clock,
    happened,
    subscribed: () => subscribed,
    deliver: (event: object) => deliver(event as { type: string }),
    join() {
      connections += 1;
      actor.send({ type: 'JOINED' });
    },
    leave() {
      connections -= 1;
      actor.send({ type: 'LEFT' });
    },
    over: () => actor.getSnapshot().status === 'done',
  };
}

test('a user stays while connections are open, and a while after the last one', (t) => {
  const u = user();
  u.join();
  u.join();
  u.clock.increment(10_000);
  u.leave();
  u.clock.increment(10_000);
  t.false(u.over());
  u.leave();
  u.clock.increment(999);
  t.false(u.over());
  u.join();
  u.clock.increment(10_000);
  t.false(u.over(), 'came back in time');
  u.leave();
  u.clock.increment(1_000);
  t.true(u.over());
  t.is(u.subscribed(), 0);
});

test('I6 changes are applied, also between two connections, and open documents are checked once the channel is subscribed', (t) => {
  const u = user();
  u.join();
  u.deliver({ type: 'LISTENING' });
  u.deliver({ type: 'CHANGED', change: { kind: 'access', documentId: 'd', role: null } });
  u.leave();
  u.deliver({ type: 'CHANGED', change: { kind: 'session-revoked', sessionId: 's' } });
  t.deepEqual(u.happened, ['recheck', 'access', 'session-revoked']);
});

test('a user restarted after a crash does not wait for a lost leave', (t) => {
  const u = user();
  u.clock.increment(1_000);
  t.true(u.over());
});

test('a drain ends a user at once', (t) => {
  const u = user();
  u.join();
  u.actor.send({ type: 'DRAIN' });
  t.true(u.over());
});
