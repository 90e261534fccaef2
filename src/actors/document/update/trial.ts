/**
 * Tries big updates in worker threads, on a copy of the document, within a budget of time and memory (I10).
 * It knows neither documents nor users; what an update does to the copy is thrown away.
 *
 * Invariants
 * T1 `run` never rejects, and answers within the budgets: the worker of a job over one is ended and replaced. What an
 *    update may cost is counted in the worker's own processor time: a busy machine, or a process that was stopped,
 *    costs the update nothing.
 * T2 At most `size` workers and `queueLength` waiting jobs exist (I9); others get `trial_busy` at once.
 * T3 The caller's buffers are copied: they stay usable, and the queue does not keep larger buffers alive.
 * T4 Idle workers do not keep the process alive; none is started before the first job.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../../lib/logger.ts';
import { later } from '../../../lib/timers.ts';
import type { TrialJob, TrialMessage } from './trial-worker.ts';

export type TrialOptions = {
  /** Worker threads. */
  readonly size: number;
  /** For applying the update, in milliseconds of processor time. */
  readonly timeMs: number;
  /** For each step - starting a worker, loading the document's state, applying -, in milliseconds. Default 10,000. */
  readonly stepMs?: number;
  /** Heap of each worker, in MiB. */
  readonly memoryMb: number;
  /** Jobs that wait for a worker. Default 4 for each worker. */
  readonly queueLength?: number;
  /** The worker's module. Default trial-worker.ts. */
  readonly worker?: URL;
  readonly log: Logger;
};

export type TrialResult =
  | { readonly ok: true }
  /**
   * `update_too_expensive`: over a budget; do not send it again. `update_malformed`: Yjs threw, or kept a part as
   * pending. `trial_busy`: not tried to the end, there was no room or no processor time, or the pool is closed; may be
   * sent again later.
   */
  | { readonly ok: false; readonly code: 'update_too_expensive' | 'update_malformed' | 'trial_busy' };

export type TrialPool = {
  /** Applies `update` to a copy of the document whose encoded v1 state is `state`. */
  run(state: Uint8Array, update: Uint8Array): Promise<TrialResult>;
  /** Ends the workers; jobs that wait or run are answered `trial_busy`. */
  close(): Promise<void>;
};

type Pending = { readonly job: TrialJob; readonly settle: (result: TrialResult) => void };

const WORKER_FILE = new URL('./trial-worker.ts', import.meta.url);
const DEFAULT_STEP_MS = 10_000;
/** Shortest time between two checks of a worker's processor time, milliseconds. */
const MIN_CHECK_MS = 5;
const JOBS_PER_WORKER = 4;

/** Creates a pool; see the file's header for what it keeps. */
export function createTrialPool(options: TrialOptions): TrialPool {
  return new Pool(options);
}

class Pool implements TrialPool {
  readonly #options: TrialOptions;
  readonly #queue: Pending[] = [];
  readonly #threads = new Set<Thread>();
  #closed = false;

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  run(state: Uint8Array, update: Uint8Array): Promise<TrialResult> {
    const { size, queueLength = size * JOBS_PER_WORKER } = this.#options;
    const isFree = this.#threads.size < size || [...this.#threads].some((thread) => thread.isIdle);
    if (this.#closed || (!isFree && this.#queue.length >= queueLength)) {
      return Promise.resolve({ ok: false, code: 'trial_busy' }); // T2
    }
    return new Promise((settle) => {
      // T3: `Uint8Array.from` never shares a pooled buffer, so that both can be handed over whole.
      this.#queue.push({ job: { state: Uint8Array.from(state), update: Uint8Array.from(update) }, settle });
      this.#assign();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { settle } of this.#queue.splice(0)) settle({ ok: false, code: 'trial_busy' });
    await Promise.all([...this.#threads].map((thread) => thread.end('trial_busy')));
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      const thread = [...this.#threads].find(({ isIdle }) => isIdle) ?? this.#start();
      if (thread === undefined) return;
      const next = this.#queue.shift();
      if (next !== undefined) thread.take(next);
    }
  }

  #start(): Thread | undefined {
    if (this.#closed || this.#threads.size >= this.#options.size) return undefined;
    const thread = new Thread(this.#options, {
      onIdle: () => this.#assign(),
      onEnd: () => {
        this.#threads.delete(thread);
        this.#assign();
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}

type Phase = 'starting' | 'idle' | 'loading' | 'applying' | 'ended';
/** Since Node 24.6. */
type MeasuredWorker = Worker & { cpuUsage(): Promise<NodeJS.CpuUsage> };
type ThreadEvents = { readonly onIdle: () => void; readonly onEnd: () => void };

/** One worker and the job that it has. */
class Thread {
  readonly #options: TrialOptions;
  readonly #events: ThreadEvents;
  readonly #worker: Worker;
  #phase: Phase = 'starting';
  #pending: Pending | undefined;
  /** Ends a step that takes too long. */
  #limit: NodeJS.Timeout | undefined;
  /** Checks the processor time that applying has taken. */
  #budgetCheck: NodeJS.Timeout | undefined;

  constructor(options: TrialOptions, events: ThreadEvents) {
    this.#options = options;
    this.#events = events;
    this.#worker = new Worker(options.worker ?? WORKER_FILE, {
      name: 'update-trial',
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 1 },
    });
    this.#worker.on('message', (message: TrialMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#broke('error', error));
    this.#worker.on('exit', () => this.#broke('exit'));
    this.#begin('starting');
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  take(pending: Pending): void {
    this.#pending = pending;
    if (this.#phase === 'idle') this.#load(pending.job);
  }

  /** Ends the worker and answers its job with `code`. */
  async end(code: 'trial_busy' | 'update_too_expensive'): Promise<void> {
    if (this.#phase === 'ended') return;
    this.#begin('ended');
    const pending = this.#pending;
    this.#pending = undefined;
    const terminated = this.#worker.terminate();
    pending?.settle({ ok: false, code });
    this.#events.onEnd();
    await terminated;
  }

  #load({ state, update }: TrialJob): void {
    this.#begin('loading');
    this.#worker.ref();
    this.#worker.postMessage({ state, update }, [state.buffer as ArrayBuffer, update.buffer as ArrayBuffer]);
  }

  #begin(phase: Phase): void {
    clearTimeout(this.#limit);
    clearTimeout(this.#budgetCheck);
    this.#phase = phase;
    if (phase === 'idle' || phase === 'ended') return;
    const { stepMs = DEFAULT_STEP_MS, log } = this.#options;
    this.#limit = later(stepMs, 'an update trial', log, () => this.#abort('trial_busy', 'late'));
  }

  #receive(message: TrialMessage): void {
    if (this.#phase === 'ended') return;
    switch (message.kind) {
      case 'ready':
        this.#rest();
        if (this.#pending !== undefined) this.#load(this.#pending.job);
        return;
      case 'loaded':
        this.#begin('applying');
        this.#watch(message.spent);
        return;
      case 'done': {
        const pending = this.#pending;
        this.#pending = undefined;
        this.#rest();
        pending?.settle(message.applied ? { ok: true } : { ok: false, code: 'update_malformed' });
        this.#events.onIdle();
      }
    }
  }

  /** T1: checks again when the budget could be spent, until it is. */
  #watch(before: NodeJS.CpuUsage, leftMs = this.#options.timeMs): void {
    const waitMs = Math.max(leftMs, MIN_CHECK_MS);
    const check = later(waitMs, 'an update trial', this.#options.log, async () => {
      const spent = await (this.#worker as MeasuredWorker).cpuUsage().catch(() => undefined);
      // The step has ended meanwhile, or the worker has: that is an event of its own.
      if (this.#budgetCheck !== check || this.#phase !== 'applying' || !spent) return;
      const spentMs = (spent.user - before.user + spent.system - before.system) / 1_000;
      const left = this.#options.timeMs - spentMs;
      if (left <= 0) this.#abort('update_too_expensive', 'spent');
      else this.#watch(before, left);
    });
    this.#budgetCheck = check;
  }

  #rest(): void {
    this.#begin('idle');
    this.#worker.unref(); // T4
  }

  /** A worker that breaks during a job was broken by the job: it needs too much memory. */
  #broke(reason: string, error?: unknown): void {
    this.#abort(this.#phase === 'starting' ? 'trial_busy' : 'update_too_expensive', reason, error);
  }

  #abort(code: 'trial_busy' | 'update_too_expensive', reason: string, err?: unknown): void {
    if (this.#phase === 'ended') return;
    this.#options.log.warn({ reason, phase: this.#phase, err }, 'An update trial was ended.');
    void this.end(code);
  }
}
