// Two locks: PostgreSQL's own postmaster.pid, which a crash leaves behind, and ours, which says which process of Stet
// uses the data directory, so that a second one does not take the database away from the first.
// Invariant: a lock whose process lives is never removed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, isPostgresOn, startOf } from './processes.ts';
import { DatabaseRefusal } from './refusal.ts';

const POLL_MS = 25;

/** The content of postmaster.pid. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** PostgreSQL writes `ready` when it accepts connections. */
  readonly status: string;
}

export function parsePostmaster(text: string): Postmaster | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? '' };
}

export function readPostmaster(dataFolder: string): Postmaster | undefined {
  try {
    return parsePostmaster(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Makes a lock file left by a crash harmless when its number now belongs to another program. PostgreSQL would refuse
 * to start; it ignores its own parent's number, though, and goes on to check for orphaned backends by the shared memory
 * that the same file names. So the number is replaced, and that second check keeps working.
 */
export function disarmStaleLock(dataFolder: string, parentPid: number): void {
  const left = readPostmaster(dataFolder);
  if (!left || !isAlive(left.pid) || isPostgresOn(left.pid, dataFolder)) return;
  const file = join(dataFolder, 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^[^\n]*/, String(parentPid)));
}

/** How long to wait for a predecessor that was just stopped or killed, milliseconds. */
const PREDECESSOR_MS = 2_000;

/**
 * Claims a data directory for this process. Resolves to its release.
 * @throws Error when another process has it and does not end
 */
export async function claimDataDir(dataDir: string): Promise<() => void> {
  const file = join(dataDir, 'postgres.owner');
  const mine = `${process.pid} ${startOf(process.pid)}`;
  const deadline = performance.now() + PREDECESSOR_MS;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = livingOwner(file);
    if (owner === undefined) {
      rmSync(file, { force: true });
    } else if (performance.now() > deadline) {
      throw new DatabaseRefusal(
        `another Stet (process ${owner}) is using ${dataDir}; stop it, or set DATA_DIR to another folder`,
      );
    } else {
      await delay(POLL_MS);
    }
  }
}

function livingOwner(file: string): string | undefined {
  try {
    const [pid = '', started = ''] = readFileSync(file, 'utf8').split(/ (.*)/s);
    const found = startOf(Number(pid));
    return found !== '' && found === started ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // Released between the two reads.
    return undefined;
  }
}
