/** Whose turn it is: bounded, and fair among owners. */
import test from 'ava';
import fc from 'fast-check';
import { FairQueue, type FairQueueLimits } from '../../src/lib/fair-queue.ts';

function queueOf(limits: Partial<FairQueueLimits> = {}) {
  let now = 0;
  const queue = new FairQueue<string>({ waiting: 100, waitingOfOwner: 100, runningOfOwner: 1, ...limits }, () => now);
  const take = (): string | undefined => queue.next()?.item;
  const advance = (ms: number): void => {
    now += ms;
  };
  return { queue, take, advance };
}

test('I9 each owner runs so many at once, and owners take turns', (t) => {
  const { queue, take } = queueOf();
  for (const item of ['a1', 'a2', 'a3']) queue.add('ann', item);
  queue.add('bob', 'b1');
  t.is(take(), 'a1');
  t.is(take(), 'b1');
  t.is(take(), undefined, 'both run enough');
  queue.done('bob', 1);
  t.is(take(), undefined);
  queue.done('ann', 1);
  t.is(take(), 'a2');
});

test('I9 who took less time lately goes first, and what was taken is forgotten', (t) => {
  const { queue, take, advance } = queueOf();
  for (const [owner, tookMs] of [
    ['ann', 5_000],
    ['bob', 10],
  ] as const) {
    queue.add(owner, `${owner} 1`);
    take();
    queue.done(owner, tookMs);
  }
  queue.add('ann', 'ann 2');
  queue.add('bob', 'bob 2');
  queue.add('bob', 'bob 3');
  t.is(take(), 'bob 2');
  queue.done('bob', 10);
  t.is(take(), 'bob 3', 'still less');
  queue.done('bob', 10);
  advance(600_000);
  queue.add('bob', 'bob 4');
  t.is(take(), 'ann 2', 'who waited longer, where nobody took more');
});

test('I9 a full queue takes the place of one who has more waiting, and refuses everybody else', (t) => {
  const { queue } = queueOf({ waiting: 4, waitingOfOwner: 3 });
  for (const item of ['a1', 'a2', 'a3']) t.is(queue.add('ann', item), undefined);
  t.is(queue.add('ann', 'a4'), 'a4', 'over the share of an owner');
  t.is(queue.add('bob', 'b1'), undefined);
  t.is(queue.size, 4);
  t.is(queue.add('eve', 'e1'), 'a3', 'the newest of whoever has the most');
  t.is(queue.add('eve', 'e2'), 'e2', 'no more than the others have');
  t.is(queue.size, 4);
  t.true(queue.remove('bob', 'b1'));
  t.false(queue.remove('bob', 'b1'));
  t.deepEqual(queue.clear(), ['a1', 'a2', 'e1']);
  t.is(queue.size, 0);
});

test('I9 whatever happens the bounds hold, nothing is lost, and nothing comes twice', (t) => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), owner: fc.nat(4) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('next' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('done' as const), tookMs: fc.nat(1_000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat(20) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const limits = { waiting: 6, waitingOfOwner: 3, runningOfOwner: 2 };
      const queue = new FairQueue<string>(limits, () => 0);
      const waiting = new Map<string, string>();
      const running: string[] = [];
      for (const [index, step] of steps.entries()) {
        if (step.kind === 'add') {
          const item = `${step.owner}.${index}`;
          waiting.set(item, String(step.owner));
          const hasRoom = queue.hasRoom(String(step.owner));
          const out = queue.add(String(step.owner), item);
          if (hasRoom !== (out !== item)) return false;
          if (out !== undefined && !waiting.delete(out)) return false;
        } else if (step.kind === 'next') {
          const next = queue.next();
          const able = [...waiting.values()].some((o) => running.filter((r) => r === o).length < limits.runningOfOwner);
          if ((next !== undefined) !== able) return false;
          if (next && !waiting.delete(next.item)) return false;
          if (next) running.push(next.owner);
        } else if (step.kind === 'done') {
          const owner = running.shift();
          if (owner !== undefined) queue.done(owner, step.tookMs);
        } else {
          const item = [...waiting.keys()][step.pick];
          if (item !== undefined && !queue.remove(waiting.get(item) ?? '', item)) return false;
          if (item !== undefined) waiting.delete(item);
        }
        if (queue.size !== waiting.size || queue.size > limits.waiting) return false;
      }
      return queue.clear().every((item) => waiting.delete(item)) && waiting.size === 0;
    }),
  );
  t.pass();
});
