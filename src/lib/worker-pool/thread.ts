/** The worker side of a pool: loads one module and runs its default export for each task. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

/** What a thread is started with. */
export interface ThreadData {
  /** URL of a module whose default export takes a task and returns its result. */
  readonly module: string;
  /** How much others go first, 0 to 19. */
  readonly nice: number;
}

/** `begun` and then `done` or `failed`, for each task. */
export type ThreadMessage =
  /** With the processor time of this thread so far. */
  | { readonly kind: 'begun'; readonly spent: NodeJS.CpuUsage }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error('thread.ts runs as a worker only');

/** On Linux a thread has a priority of its own. Where it cannot be set, the thread runs as the others do. */
function stepBack(nice: number): void {
  if (process.platform !== 'linux' || nice === 0) return;
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), nice);
  } catch {
    // No `/proc`, or not allowed.
  }
}

const { module, nice } = workerData as ThreadData;
stepBack(nice);
const { default: perform } = (await import(module)) as { default: (task: unknown) => unknown };

function send(message: ThreadMessage, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

/** A result of bytes is handed over, not copied. */
function transferable(result: unknown): ArrayBuffer[] {
  const isWhole = result instanceof Uint8Array && result.byteLength === result.buffer.byteLength;
  return isWhole && result.buffer instanceof ArrayBuffer ? [result.buffer] : [];
}

port.on('message', (task: unknown) => {
  send({ kind: 'begun', spent: process.threadCpuUsage() });
  try {
    const result = perform(task);
    send({ kind: 'done', result }, transferable(result));
  } catch (error) {
    send({ kind: 'failed', error });
  }
});
