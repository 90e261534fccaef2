/**
 * Long work in threads of its own, for several owners: bounded, fair among them, and behind everything else that the
 * process does. Knows neither the work nor the owners.
 *
 * Invariants
 * POOL1 `run` answers whatever happens to a thread, and rejects only with what the work itself or `prepare` threw.
 * POOL2 A task is refused before a thread has it, or not at all: what does not fit the queue touches nothing. // I9:
 * POOL3 One owner never has the last thread, where there are several: another's task waits for no more than one of its own.
 * POOL4 A task may take so much processor time of its thread: that the machine is busy is not its doing. The thread of one
 *    that takes more, or more memory, is ended, for nothing else stops a loop.
 * POOL5 Idle threads end, and keep no process alive.
 *
 * The input of a task is made when its turn comes, so that what waits is small.
 */
import { Worker } from 'node:worker_threads';
import { FairQueue } from '../fair-queue.ts';
import type { ThreadData, ThreadMessage } from './thread.ts';

export interface WorkerPoolOptions {
  /** Module whose default export takes a task and returns its result. */
  readonly module: URL;
  readonly threads: number;
  /** Tasks that may wait. */
  readonly queued: number;
  /** Tasks of one owner that may wait. */
  readonly queuedOfOwner: number;
  /** Milliseconds of processor time that a task may take. */
  readonly cpuMs: number;
  /** Milliseconds that a task may wait for its turn. */
  readonly waitMs: number;
  /** Heap of each thread, in MiB. */
  readonly memoryMb: number;
  /** Niceness of the threads, 0 to 19. */
  readonly nice: number;
}

/** `full`: no place in the queue. `late`: over a time. `memory`: over the heap. `closed`: the pool was. */
export type TaskRefusal = 'full' | 'late' | 'memory' | 'closed';
export type Outcome<R> =
  | { readonly ok: true; readonly result: R }
  | { readonly ok: false; readonly reason: TaskRefusal; readonly err?: unknown };

/** Work for a thread, or the result, where a thread would cost more than it saves. */
export type Prepared<T, R> = { readonly task: T } | { readonly result: R };

export interface WorkerPool<T, R> {
  run(owner: string, prepare: () => Prepared<T, R> | Promise<Prepared<T, R>>): Promise<Outcome<R>>;
  /** Whether a task of this owner would be taken now, and not be refused as `full`. */
  hasRoom(owner: string): boolean;
  /** Ends the threads; what waits or runs is refused. */
  close(): Promise<void>;
}

interface Job<T, R> {
  readonly owner: string;
  readonly prepare: () => Prepared<T, R> | Promise<Prepared<T, R>>;
  readonly resolve: (outcome: Outcome<R>) => void;
  readonly reject: (error: unknown) => void;
  readonly waiting: NodeJS.Timeout;
}

const THREAD_FILE = new URL('./thread.ts', import.meta.url);
/** A thread without work ends after this, milliseconds. */
const IDLE_MS = 30_000;
/** A thread may take so long to start and take its first task, milliseconds. */
const START_MS = 60_000;
/** Shortest time between two checks of a task's processor time, milliseconds. */
const MIN_CHECK_MS = 5;

export function createWorkerPool<T, R>(options: WorkerPoolOptions): WorkerPool<T, R> {
  const now = () => performance.now();
  const queue = new FairQueue<Job<T, R>>(
    {
      waiting: options.queued,
      waitingOfOwner: options.queuedOfOwner,
      runningOfOwner: Math.max(options.threads - 1, 1), // POOL3
    },
    now,
  );
  const threads = new Set<Thread>();
  /** Jobs whose turn it is. */
  let running = 0;
  let closed = false;

  function settle({ resolve, waiting }: Job<T, R>, outcome: Outcome<R>): void {
    clearTimeout(waiting);
    resolve(outcome);
  }

  function startWaiting(): void {
    while (!closed && running < options.threads) {
      const next = queue.next();
      if (!next) return;
      void perform(next.item);
    }
  }

  async function perform(job: Job<T, R>): Promise<void> {
    running += 1;
    clearTimeout(job.waiting);
    const began = now();
    try {
      const prepared = await job.prepare();
      if ('result' in prepared) settle(job, { ok: true, result: prepared.result });
      else settle(job, await onThread(prepared.task));
    } catch (error) {
      job.reject(error);
    }
    running -= 1;
    queue.done(job.owner, now() - began);
    // Not at once: work that needed no thread was done here, and others have their turn first.
    setImmediate(startWaiting);
  }

  async function onThread(task: T): Promise<Outcome<R>> {
    if (closed) return { ok: false, reason: 'closed' };
    const thread = [...threads].find(({ isIdle }) => isIdle) ?? startThread();
    return (await thread.run(task)) as Outcome<R>;
  }

  function startThread(): Thread {
    const thread = new Thread(options, () => threads.delete(thread));
    threads.add(thread);
    return thread;
  }

  return {
    run(owner, prepare) {
      if (closed) return Promise.resolve({ ok: false, reason: 'closed' });
      return new Promise((resolve, reject) => {
        const waiting = setTimeout(() => {
          if (queue.remove(owner, job)) resolve({ ok: false, reason: 'late' });
        }, options.waitMs);
        const job: Job<T, R> = { owner, prepare, resolve, reject, waiting };
        const displaced = queue.add(owner, job);
        if (displaced) settle(displaced, { ok: false, reason: 'full' }); // POOL2
        startWaiting();
      });
    },
    hasRoom: (owner) => !closed && queue.hasRoom(owner),
    async close() {
      closed = true;
      for (const job of queue.clear()) settle(job, { ok: false, reason: 'closed' });
      await Promise.all([...threads].map((thread) => thread.end({ ok: false, reason: 'closed' })));
    },
  };
}

/** Since Node 24.6. */
type MeasuredWorker = Worker & { cpuUsage(): Promise<NodeJS.CpuUsage> };
type Limits = Pick<WorkerPoolOptions, 'module' | 'cpuMs' | 'memoryMb' | 'nice'>;

interface Task {
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
  /** Ends a thread that does not get so far. */
  limit: NodeJS.Timeout | undefined;
  /** Checks the processor time that was spent. */
  budgetCheck: NodeJS.Timeout | undefined;
}

/** One thread and the task that it has. */
class Thread {
  readonly #limits: Limits;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #task: Task | undefined;
  #idle: NodeJS.Timeout | undefined;
  #ended = false;
  readonly #onEnd: () => void;

  constructor(limits: Limits, onEnd: () => void) {
    this.#limits = limits;
    this.#onEnd = onEnd;
    const workerData: ThreadData = { module: limits.module.href, nice: limits.nice };
    this.#worker = new Worker(THREAD_FILE, {
      workerData,
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('messageerror', (error) => this.#broke(error));
    this.#worker.on('error', (error) => this.#broke(error));
    this.#worker.on('exit', () => this.#broke(new Error('a thread ended by itself')));
  }

  get isIdle(): boolean {
    return this.#task === undefined && !this.#ended;
  }

  run(input: unknown): Promise<Outcome<unknown>> {
    clearTimeout(this.#idle);
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => void this.end({ ok: false, reason: 'late' }), START_MS);
      this.#task = { resolve, reject, limit, budgetCheck: undefined };
      try {
        this.#worker.postMessage(input);
      } catch (error) {
        this.#take()?.reject(error);
        this.#rest();
      }
    });
  }

  /** Ends the thread and answers its task. */
  async end(outcome: Outcome<unknown>): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      clearTimeout(this.#idle);
      this.#onEnd();
      this.#take()?.resolve(outcome);
      await this.#worker.terminate();
    }
    await this.#exited;
  }

  #receive(message: ThreadMessage): void {
    const task = this.#task;
    if (!task) return;
    switch (message.kind) {
      case 'begun':
        clearTimeout(task.limit);
        this.#watch(task, message.spent, this.#limits.cpuMs);
        return;
      case 'done':
        this.#take()?.resolve({ ok: true, result: message.result });
        break;
      case 'failed':
        this.#take()?.reject(message.error);
    }
    this.#rest();
  }

  /** POOL4: checks again when the budget could be spent, until it is. */
  #watch(task: Task, before: NodeJS.CpuUsage, leftMs: number): void {
    task.budgetCheck = setTimeout(
      async () => {
        const spent = await (this.#worker as MeasuredWorker).cpuUsage().catch(() => undefined);
        // Over meanwhile; that the thread is gone its own event says.
        if (this.#task !== task || !spent) return;
        const left = this.#limits.cpuMs - (spent.user - before.user + spent.system - before.system) / 1_000;
        if (left <= 0) void this.end({ ok: false, reason: 'late' });
        else this.#watch(task, before, left);
      },
      Math.max(leftMs, MIN_CHECK_MS),
    );
  }

  #take(): Task | undefined {
    const task = this.#task;
    this.#task = undefined;
    clearTimeout(task?.limit);
    clearTimeout(task?.budgetCheck);
    return task;
  }

  #rest(): void {
    this.#worker.unref(); // POOL5
    this.#idle = setTimeout(() => void this.end({ ok: false, reason: 'closed' }), IDLE_MS);
    this.#idle.unref();
  }

  #broke(err: Error & { code?: unknown }): void {
    if (this.#ended) return;
    if (err.code === 'ERR_WORKER_OUT_OF_MEMORY') void this.end({ ok: false, reason: 'memory', err });
    else {
      this.#take()?.reject(err);
      void this.end({ ok: false, reason: 'closed' });
    }
  }
}
