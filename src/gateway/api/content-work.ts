/**
 * Long work on content, off the event loop: reading a megabyte takes 130 ms to 2 s, comparing or rebuilding a
 * large text as long. Small work is done at once: a thread would cost more than it saves.
 *
 * Bounds (I9): so many threads, so much heap each, so many tasks that wait, and a time for each from its arrival on.
 * Beyond them a task is `overloaded`; its thread is ended, for nothing else stops a loop.
 */
import { Tinypool } from 'tinypool';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { DiffBlock } from '../../../schemas/http.ts';
import type { DraftContent, Parsed } from '../../content/types.ts';
import type { Logger } from '../../ports/logger.ts';
import { type ContentTask, runTask } from './content-tasks.ts';
import type { ContentWork } from './context.ts';

export interface ContentWorkOptions {
  threads: number;
  /** Tasks that may wait for a thread. */
  queued: number;
  /** Milliseconds that a task may take, its wait included. */
  timeMs: number;
  /** Heap of each thread, in MiB. */
  memoryMb: number;
  log: Logger;
}

/** Work of so many characters or bytes is done at once: under 20 ms, even if it was made to be slow. */
const SMALL = 8_192;
/** Threads end after so long without work. */
const IDLE_MS = 30_000;

/** How the pool says that it is full, or being closed. */
const POOL_ERRORS = new Set([
  'Task queue is at limit',
  'No task queue available and all Workers are busy',
  'Terminating worker thread',
]);

type Outcome = { ok: true; result: string | Uint8Array } | Failure;

export function createContentWork(options: ContentWorkOptions): ContentWork & { close(): Promise<void> } {
  const { log, memoryMb, queued, threads, timeMs } = options;
  const pool = new Tinypool({
    filename: new URL('./content-tasks.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    maxQueue: queued,
    idleTimeout: IDLE_MS,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });

  async function perform(task: ContentTask, size: number): Promise<Outcome> {
    if (size <= SMALL) return { ok: true, result: runTask(task) };
    try {
      return { ok: true, result: await pool.run(task, { signal: AbortSignal.timeout(timeMs) }) };
    } catch (error) {
      if (!isBound(error)) throw error;
      log.warn({ err: error, kind: task.kind, size }, 'work on content was not done');
      return failure('overloaded');
    }
  }

  async function asJson<T>(task: ContentTask, size: number): Promise<{ ok: true; value: T } | Failure> {
    const done = await perform(task, size);
    return done.ok ? { ok: true, value: JSON.parse(done.result as string) as T } : done;
  }

  const bytesOf = (updates: readonly Uint8Array[]) => updates.reduce((sum, { byteLength }) => sum + byteLength, 0);

  return {
    async parse(form, text) {
      const done = await asJson<Parsed>({ kind: 'parse', form, text }, text.length);
      return done.ok ? done.value : done;
    },
    async read(updates) {
      const done = await asJson<DraftContent>({ kind: 'read', updates }, bytesOf(updates));
      return done.ok ? { ok: true, content: done.value } : done;
    },
    async merge(updates) {
      const done = await perform({ kind: 'merge', updates }, bytesOf(updates));
      return done.ok ? { ok: true, state: done.result as Uint8Array } : done;
    },
    async diff(before, after) {
      const task = { kind: 'diff', before: JSON.stringify(before), after: JSON.stringify(after) } as const;
      const done = await asJson<DiffBlock[]>(task, task.before.length + task.after.length);
      return done.ok ? { ok: true, blocks: done.value } : done;
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
