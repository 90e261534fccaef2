/**
 * Work on copies of drafts in threads of their own (I10): reading or rewriting a large text takes up to seconds. Knows
 * neither documents nor users.
 *
 * I9: so many threads, so much heap each, so many tasks that wait, and a time for each from its arrival on. Beyond them a
 * task is `overloaded`; its thread is ended, for nothing else stops a loop.
 */
import { Tinypool } from 'tinypool';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { DraftContent } from '../../../content/types.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Composed, ComposeTask } from './compose.ts';
import type { CopyResult, CopyTask } from './tasks.ts';

/** Long work on copies of a draft, off the event loop. Rejects only on faults of our own. */
export interface Copies {
  read(state: Uint8Array): Promise<{ ok: true; content: DraftContent } | Failure>;
  compose(task: ComposeTask): Promise<{ ok: true; composed: Composed } | Failure>;
}

export interface CopiesOptions {
  threads: number;
  /** Tasks that may wait for a thread. */
  queued: number;
  /** Milliseconds that a task may take, its wait included. */
  timeMs: number;
  /** Heap of each thread, in MiB. */
  memoryMb: number;
  /** Milliseconds that a part of what was composed may take when it is applied. */
  partMs: number;
  log: Logger;
}

/** Threads end after so long without work. */
const IDLE_MS = 30_000;

/** How the pool says that it is full, or being closed. */
const POOL_ERRORS = new Set([
  'Task queue is at limit',
  'No task queue available and all Workers are busy',
  'Terminating worker thread',
]);

export function createCopies(options: CopiesOptions): Copies & { close(): Promise<void> } {
  const { log, memoryMb, partMs, queued, threads, timeMs } = options;
  const pool = new Tinypool({
    filename: new URL('./tasks.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    maxQueue: queued,
    idleTimeout: IDLE_MS,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });

  async function perform(task: CopyTask): Promise<{ ok: true; result: CopyResult } | Failure> {
    try {
      return { ok: true, result: await pool.run(task, { signal: AbortSignal.timeout(timeMs) }) };
    } catch (error) {
      if (!isBound(error)) throw error;
      log.warn({ err: error, kind: task.kind }, 'work on a copy of a draft was not done');
      return failure('overloaded');
    }
  }

  return {
    async read(state) {
      const done = await perform({ kind: 'read', state });
      return done.ok ? { ok: true, content: JSON.parse(done.result as string) as DraftContent } : done;
    },
    async compose({ change, ...task }) {
      const done = await perform({ kind: 'compose', task, change: JSON.stringify(change), partMs });
      return done.ok ? { ok: true, composed: done.result as Composed } : done;
    },
    close: () => pool.destroy(),
  };
}

/** Whether a task met a bound or the end of the pool, rather than a fault of its own. */
function isBound(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return error.name === 'AbortError' || code === 'ERR_WORKER_OUT_OF_MEMORY' || POOL_ERRORS.has(error.message);
}
