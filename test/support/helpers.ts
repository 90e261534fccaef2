// What tests of processes and databases keep needing: waiting for a condition, one query, a folder.
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import pg from 'pg';
import { temporaryFolder } from './services.ts';

/** Runs the test only where it can; it shows as skipped elsewhere. */
export const when = (possible: boolean): ((title: string, run: (t: ExecutionContext) => Promise<void>) => void) =>
  possible ? test.serial : test.serial.skip;

/** Waits until the condition holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}

/** The rows of one query on a connection of its own. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A temporary folder that is deleted after the test. */
export function folder(t: ExecutionContext): string {
  const { path, remove } = temporaryFolder('setup');
  t.teardown(remove);
  return path;
}
