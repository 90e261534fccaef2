// The chaos run of `npm test`: long enough for every kind of fault.
import test from 'ava';
import { resultOf, runCommand } from './command.ts';

/** Its plan has every kind of fault. */
const SEED = 541;
const KEYS = [
  'acked',
  'lost',
  'duplicated',
  'gaps',
  'diverged',
  'forged',
  'misread',
  'failovers',
  'failoverMsP50',
  'failoverMsP99',
  'seed',
];

/** @param more options of the chaos program */
export function shortRun(listener: 'uws' | 'node', ...more: string[]): void {
  test.serial(`I1 I2 I4 I7 nothing acknowledged is lost, doubled or forged in chaos (${listener})`, async (t) => {
    t.timeout(180_000);
    const args = ['--nodes', '3', '--authors', '12', '--seconds', '25', '--seed', String(SEED), '--listener', listener];
    const run = await runCommand([...args, ...more]);
    t.is(run.code, 0, run.stderr);
    const result = resultOf(run);
    t.deepEqual(Object.keys(result), KEYS);
    const { acked, failovers, failoverMsP50, failoverMsP99, ...wrong } = result;
    t.deepEqual(wrong, { lost: 0, duplicated: 0, gaps: 0, diverged: 0, forged: 0, misread: 0, seed: SEED });
    t.true(acked > 0);
    t.true(failovers > 0);
    t.log(JSON.stringify(result));
  });
}
