/** Work in threads, whatever the work does to them. */
import { getPriority } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { createWorkerPool, type WorkerPoolOptions } from '../../../src/lib/worker-pool/worker-pool.ts';
import { until, when } from '../../support/helpers.ts';
import type { PoolTask } from '../../support/pool-work.ts';

function poolOf(t: ExecutionContext, options: Partial<WorkerPoolOptions> = {}) {
  const pool = createWorkerPool<PoolTask, unknown>({
    module: new URL('../../support/pool-work.ts', import.meta.url),
    threads: 2,
    queued: 8,
    queuedOfOwner: 8,
    cpuMs: 60_000,
    waitMs: 60_000,
    memoryMb: 64,
    nice: 10,
    ...options,
  });
  t.teardown(pool.close);
  return { ...pool, perform: (owner: string, task: PoolTask) => pool.run(owner, () => ({ task })) };
}

/** A gate that tasks wait at, in their threads. */
function gate() {
  const numbers = new Int32Array(new SharedArrayBuffer(4));
  return {
    task: { kind: 'wait', gate: numbers } as const,
    open() {
      Atomics.store(numbers, 0, 1);
      Atomics.notify(numbers, 0);
    },
  };
}

test('POOL1 work is done in a thread, and what it throws is thrown', async (t) => {
  const { perform, run } = poolOf(t);
  t.deepEqual(await perform('ann', { kind: 'echo', value: 'x' }), {
    ok: true,
    result: { value: 'x', isMainThread: false },
  });
  t.deepEqual(await perform('ann', { kind: 'bytes', length: 3 }), { ok: true, result: new Uint8Array([7, 7, 7]) });
  t.deepEqual(await run('ann', async () => ({ result: 'no thread' })), { ok: true, result: 'no thread' });
  await t.throwsAsync(perform('ann', { kind: 'throw' }), { instanceOf: RangeError, message: 'the work failed' });
  await t.throwsAsync(
    run('ann', () => Promise.reject(new Error('no input'))),
    { message: 'no input' },
  );
  t.like(await perform('ann', { kind: 'echo', value: 'again' }), { ok: true });
});

test('POOL1 POOL4 a thread that loops, hoards or ends takes its own task with it and nothing else', async (t) => {
  const { perform } = poolOf(t, { threads: 1, cpuMs: 50 });
  const outcomes = [
    perform('ann', { kind: 'loop' }),
    perform('bob', { kind: 'hoard' }).catch(() => 'threw'),
    perform('cy', { kind: 'exit' }).catch(({ message }: Error) => message),
    perform('dan', { kind: 'unclonable' }).catch(({ name }: Error) => name),
    perform('eve', { kind: 'echo', value: 'x' }),
  ];
  const [loop, hoard, exit, unclonable, echo] = await Promise.all(outcomes);
  t.like(loop, { ok: false, reason: 'late' });
  t.true(typeof hoard === 'object' && !hoard.ok && ['memory', 'late'].includes(hoard.reason));
  t.is(exit, 'a thread ended by itself');
  t.is(unclonable, 'DataCloneError');
  t.like(echo, { ok: true });
});

test('POOL1 memory over the heap of a thread is said to be that', async (t) => {
  const { perform } = poolOf(t);
  t.like(await perform('ann', { kind: 'hoard' }), { ok: false, reason: 'memory' });
});

test('POOL2 I9 what does not fit is refused at once, its input is never made, and nothing comes of it later', async (t) => {
  const { perform, run } = poolOf(t, { threads: 1, queued: 2 });
  const { open, task } = gate();
  const running = perform('ann', task);
  let made = 0;
  const queued = Array.from({ length: 100 }, () =>
    run('ann', () => {
      made += 1;
      return { task: { kind: 'echo', value: made } };
    }),
  );
  const refused = await Promise.all(queued.slice(2));
  t.true(refused.every((outcome) => !outcome.ok && outcome.reason === 'full'));
  t.is(made, 0);
  open();
  t.like(await running, { ok: true });
  t.deepEqual(
    (await Promise.all(queued.slice(0, 2))).map(({ ok }) => ok),
    [true, true],
  );
  t.is(made, 2);
});

test('POOL3 I9 one owner never has all threads, and others do not wait for what one of them has queued', async (t) => {
  const { perform } = poolOf(t, { queued: 10, queuedOfOwner: 10 });
  const { open, task } = gate();
  const hostile = Array.from({ length: 9 }, () => perform('eve', task));
  t.like(await perform('ann', { kind: 'echo', value: 'x' }), { ok: true });
  t.like(await perform('bob', { kind: 'echo', value: 'x' }), { ok: true });
  open();
  for (const outcome of await Promise.all(hostile)) t.like(outcome, { ok: true });
});

test('POOL2 I9 what waits for too long is refused, and what runs is not', async (t) => {
  const { perform } = poolOf(t, { threads: 1, waitMs: 20 });
  const { open, task } = gate();
  const running = perform('ann', task);
  t.like(await perform('bob', { kind: 'echo', value: 'x' }), { ok: false, reason: 'late' });
  open();
  t.like(await running, { ok: true });
});

test('work that needs no thread lets others have their turn in between', async (t) => {
  const { run } = poolOf(t);
  const order: string[] = [];
  const all = Array.from({ length: 3 }, (_, index) =>
    run('ann', () => {
      order.push(`work ${index}`);
      return { result: index };
    }),
  );
  setImmediate(() => order.push('another'));
  await Promise.all(all);
  t.true(order.indexOf('another') < order.indexOf('work 2'), order.join(', '));
});

test('POOL1 a pool that is closed refuses what waits, what runs and what comes', async (t) => {
  const { close, perform } = poolOf(t, { threads: 1 });
  const { task } = gate();
  let started = false;
  const outcomes = [perform('ann', { kind: 'loop' }), perform('bob', task)];
  void perform('cy', task).then(() => (started = true));
  await close();
  for (const outcome of [...(await Promise.all(outcomes)), await perform('dan', task)]) {
    t.like(outcome, { ok: false, reason: 'closed' });
  }
  await until(() => started);
});

when(process.platform === 'linux')('threads let the rest of the process go first', async (t) => {
  const { perform } = poolOf(t, { nice: 7 });
  t.deepEqual(await perform('ann', { kind: 'priority' }), { ok: true, result: getPriority() + 7 });
});
