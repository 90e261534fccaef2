/** Trials of big updates in worker threads, and the choice of which updates need one. */
import test from 'ava';
import * as Y from 'yjs';
import { createCostMeter } from '../../../../src/actors/document/update/cost.ts';
import { DEFAULT_SCAN_LIMITS, DEFAULT_TRIAL_THRESHOLDS } from '../../../../src/actors/document/update/limits.ts';
import { type ScanSuccess, scanUpdate } from '../../../../src/actors/document/update/scan.ts';
import { createTrialPool, type TrialOptions, type TrialPool } from '../../../../src/actors/document/update/trial.ts';
import type { Logger } from '../../../../src/lib/logger.ts';
import { dear, oneBlock, wire } from '../../../support/update-documents.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
const empty = Y.encodeStateAsUpdate(new Y.Doc());
const small = oneBlock(7, 0, 1, (to) => {
  to.b(4);
  to.u(1);
  to.s('t');
  to.s('hello');
});
/** A minute of work for Yjs. */
const slow = dear(20_000);

async function withPool(options: Partial<TrialOptions>, use: (pool: TrialPool) => Promise<void>): Promise<void> {
  const pool = createTrialPool({ size: 1, timeMs: 5_000, memoryMb: 64, log: silent, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

test("I10 a trial applies the update to a copy and leaves the caller's buffers usable", async (t) => {
  await withPool({}, async (pool) => {
    const shared = Buffer.from(small);
    const result = await pool.run(empty, shared);
    t.true(result.ok);
    t.deepEqual(new Uint8Array(shared), small);
    t.is(empty.length, 2);
  });
});

test('I10 an update that Yjs cannot apply, or would keep pending, fails its trial', async (t) => {
  await withPool({}, async (pool) => {
    t.deepEqual(await pool.run(empty, small.subarray(0, 6)), { ok: false, code: 'update_malformed' });
    t.deepEqual(await pool.run(empty, Uint8Array.of(0, 1, 7, 1, 0, 1)), { ok: false, code: 'update_malformed' });
    t.true((await pool.run(empty, small)).ok);
  });
});

test('I10 a trial over its time is ended, and the next one gets a new worker', async (t) => {
  await withPool({ timeMs: 100, stepMs: 120_000 }, async (pool) => {
    const [first, second] = await Promise.all([pool.run(empty, slow), pool.run(empty, small)]);
    t.deepEqual(first, { ok: false, code: 'update_too_expensive' });
    t.true(second?.ok);
  });
});

test('I10 a trial that waits for the processor is not over its time', async (t) => {
  const worker = new URL('../../../support/waiting-trial.ts', import.meta.url);
  await withPool({ timeMs: 200, worker }, async (pool) => {
    t.deepEqual(await pool.run(empty, small), { ok: true });
  });
  await withPool({ timeMs: 200, stepMs: 300, worker }, async (pool) => {
    t.deepEqual(await pool.run(empty, small), { ok: false, code: 'trial_busy' });
  });
});

test('I10 a trial over its memory is ended, and the next one gets a new worker', async (t) => {
  const objects = 3_000_000;
  const hungry = wire((to) => {
    to.u(1, 1, 7, 0);
    to.b(8);
    to.u(1);
    to.s('t');
    to.u(objects);
    for (let i = 0; i < objects; i++) to.b(118, 0);
    to.u(0);
  });
  await withPool({ timeMs: 30_000, memoryMb: 32 }, async (pool) => {
    t.deepEqual(await pool.run(empty, hungry), { ok: false, code: 'update_too_expensive' });
    t.true((await pool.run(empty, small)).ok);
  });
});

test('I9 trials beyond the queue are refused at once', async (t) => {
  await withPool({ timeMs: 100, queueLength: 1 }, async (pool) => {
    const results = await Promise.all([pool.run(empty, slow), pool.run(empty, small), pool.run(empty, small)]);
    t.deepEqual(results[2], { ok: false, code: 'trial_busy' });
    t.true(results[1]?.ok);
  });
});

test('I10 closing answers what waits and what comes later', async (t) => {
  const pool = createTrialPool({ size: 1, timeMs: 5_000, memoryMb: 64, log: silent });
  const waiting = [pool.run(empty, small), pool.run(empty, small)];
  await pool.close();
  t.deepEqual(
    await Promise.all([...waiting, pool.run(empty, small)]),
    Array(3).fill({ ok: false, code: 'trial_busy' }),
  );
});

function scanned(update: Uint8Array): ScanSuccess {
  const scan = scanUpdate(update, DEFAULT_SCAN_LIMITS);
  if (!scan.ok) throw new Error(scan.detail);
  return scan;
}

test('I10 an update over any threshold needs a trial', (t) => {
  const meter = createCostMeter();
  t.false(meter.needsTrial(scanned(small), small.length));
  t.true(meter.needsTrial(scanned(small), DEFAULT_TRIAL_THRESHOLDS.bytes + 1));
  t.true(meter.needsTrial({ ...scanned(small), structCount: DEFAULT_TRIAL_THRESHOLDS.structs + 1 }, 1));
  t.true(meter.needsTrial({ ...scanned(small), deleteRanges: DEFAULT_TRIAL_THRESHOLDS.deleteRanges + 1 }, 1));
  t.true(meter.needsTrial({ ...scanned(small), deletedLength: DEFAULT_TRIAL_THRESHOLDS.deletedLength + 1 }, 1));
});

test('I10 in a document where updates were slow, small ones need a trial too, until they are quick again', (t) => {
  const meter = createCostMeter();
  const burst = { ...scanned(small), structCount: 64 };
  t.false(meter.needsTrial(burst, 400));
  for (let i = 0; i < 3; i++) meter.observe(burst, 100);
  t.true(meter.needsTrial(burst, 400));
  for (let i = 0; i < 60; i++) meter.observe(burst, 0.5);
  t.false(meter.needsTrial(burst, 400));
});
