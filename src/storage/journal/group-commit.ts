/**
 * Group commit: all that is queued on this node, over all documents, goes into one statement and one WAL flush; the next
 * batch forms while it runs. Knows documents as (id, epoch, head) only.
 *
 * I1: a log's owner hears `committed` only after the server's answer, or after reading back that the head moved.
 * I2: each portion is fenced by epoch and expected head; what is fenced was not written.
 * An unknown outcome is resolved by reading the heads: under an unchanged epoch nobody else can have moved them.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Claimed, DraftLog, Entry, Settled } from '../../ports/journal.ts';
import type { Logger } from '../../ports/logger.ts';
import { appendParameters, type Portion } from './batch.ts';
import { CommitWindow } from './commit-window.ts';
import type { JournalConnection } from './connection.ts';
import { APPEND_ENTRIES, APPEND_ENTRIES_AND_CLIENTS, HEADS } from './statements.ts';

export interface GroupCommitOptions {
  connection: JournalConnection;
  log: Logger;
  /** Longest time that an entry waits for company under load, milliseconds. */
  maxWindowMs: number;
  maxBatchEntries: number;
  maxBatchBytes: number;
  /** Hears of each finished batch. */
  onBatch?: ((entries: number, documents: number, seconds: number) => void) | undefined;
}

/** Pause before a statement that failed for a passing reason is tried again; doubles up to the longest. */
const RETRY_MIN_MS = 25;
const RETRY_MAX_MS = 1_000;

class Log implements DraftLog {
  readonly documentId: string;
  readonly epoch: number;
  readonly settled: (outcome: Settled) => void;
  /** Head that the next batch starts from. */
  baseSeq: number;
  queued: Entry[] = [];
  open = true;
  readonly #enqueue: (log: Log) => void;

  readonly #log: Logger;

  constructor(
    documentId: string,
    held: Claimed,
    settled: (outcome: Settled) => void,
    enqueue: (log: Log) => void,
    log: Logger,
  ) {
    this.#log = log;
    this.documentId = documentId;
    this.epoch = held.epoch;
    this.baseSeq = held.headSeq;
    this.settled = settled;
    this.#enqueue = enqueue;
    this.#lastSeq = held.headSeq;
  }
  #lastSeq: number;

  append(entry: Entry): number {
    if (!this.open) throw new Error('append on a closed log');
    this.queued.push(entry);
    this.#lastSeq += 1;
    this.#enqueue(this);
    return this.#lastSeq;
  }

  close(): void {
    this.open = false;
    this.queued = [];
  }

  settle(outcome: Settled): void {
    if (!this.open) return;
    if (outcome.kind !== 'committed') this.close();
    try {
      this.settled(outcome);
    } catch (error) {
      // The writer serves every document: what one of them makes of the outcome cannot stop it.
      this.#log.error({ documentId: this.documentId, error: String(error) }, 'journal: a listener threw');
      this.close();
    }
  }
}

/** A portion together with the log that hears of it. */
interface Work extends Portion {
  readonly log: Log;
}

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #window: CommitWindow;
  /** Logs with queued entries, in the order in which they asked. */
  readonly #waiting = new Set<Log>();
  #running: Promise<void> | undefined;
  #closed = false;
  #draining = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#window = new CommitWindow(options.maxWindowMs);
  }

  openLog(documentId: string, held: Claimed, settled: (outcome: Settled) => void): DraftLog {
    return new Log(documentId, held, settled, (log) => this.#enqueue(log), this.#options.log);
  }

  /** Writes what is queued as far as the database answers within `deadlineMs`; the rest settles as `closed`. */
  async close(deadlineMs: number): Promise<void> {
    this.#draining = true;
    if (this.#running) await Promise.race([this.#running, delay(deadlineMs, undefined, { ref: false })]);
    this.#closed = true;
    for (const log of this.#waiting) log.settle({ kind: 'closed' });
    this.#waiting.clear();
  }

  #enqueue(log: Log): void {
    if (this.#closed) {
      queueMicrotask(() => log.settle({ kind: 'closed' }));
      return;
    }
    this.#waiting.add(log);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#closed) {
      const waitMs = this.#draining ? 0 : this.#window.nextMs(performance.now());
      await (waitMs >= 1 ? delay(waitMs) : new Promise(setImmediate));
      const works = this.#take();
      if (works.length === 0) continue;
      const startedAt = performance.now();
      await this.#commit(works);
      const finishedAt = performance.now();
      const entries = works.reduce((sum, work) => sum + work.entries.length, 0);
      this.#window.observe(entries, finishedAt);
      this.#options.onBatch?.(entries, works.length, (finishedAt - startedAt) / 1_000);
    }
    this.#running = undefined;
  }

  /** Takes queued entries up to the batch limits; what does not fit stays queued, at the back. */
  #take(): Work[] {
    const works: Work[] = [];
    let entries = 0;
    let bytes = 0;
    for (const log of this.#waiting) {
      if (entries >= this.#options.maxBatchEntries || bytes >= this.#options.maxBatchBytes) break;
      this.#waiting.delete(log);
      if (!log.open || log.queued.length === 0) continue;
      let count = 0;
      while (
        count < log.queued.length &&
        entries < this.#options.maxBatchEntries &&
        bytes < this.#options.maxBatchBytes
      ) {
        bytes += log.queued[count]!.update.byteLength;
        count += 1;
        entries += 1;
      }
      const taken = log.queued.splice(0, count);
      works.push({ log, documentId: log.documentId, epoch: log.epoch, baseSeq: log.baseSeq, entries: taken });
      log.baseSeq += count;
      if (log.queued.length > 0) this.#waiting.add(log);
    }
    return works;
  }

  /** Returns when every work has settled, or the connection was closed for good. */
  async #commit(works: readonly Work[]): Promise<void> {
    let pending = works;
    for (let retryMs = RETRY_MIN_MS; pending.length > 0; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      if (!(await this.#options.connection.ready())) {
        for (const work of pending) work.log.settle({ kind: 'closed' });
        return;
      }
      pending = await this.#attempt(pending, retryMs);
    }
  }

  /** One try; returns what must be tried again. */
  async #attempt(works: readonly Work[], retryMs: number): Promise<readonly Work[]> {
    const { connection, log } = this.#options;
    const { values, bindings } = appendParameters(works);
    let written: Set<unknown>;
    try {
      const { rows } = bindings
        ? await connection.query('stet-append-bind', APPEND_ENTRIES_AND_CLIENTS, values)
        : await connection.query('stet-append', APPEND_ENTRIES, values);
      written = new Set(rows.map((row) => row.document_id));
    } catch (error) {
      if (isPermanent(error)) return this.#isolate(works, error);
      log.warn({ error: String(error), documents: works.length }, 'journal: a commit had no clear outcome');
      await delay(retryMs);
      return this.#resolve(works);
    }
    const doubtful: Work[] = [];
    for (const work of works) {
      if (written.has(work.documentId)) settleCommitted(work);
      else doubtful.push(work);
    }
    return doubtful.length === 0 ? doubtful : this.#resolve(doubtful);
  }

  /** Reads the heads to tell what happened; returns what was not written and may be tried again. */
  async #resolve(works: readonly Work[]): Promise<readonly Work[]> {
    const { connection, log } = this.#options;
    if (!(await connection.ready())) return works;
    const heads = new Map<unknown, { epoch: number; headSeq: number }>();
    try {
      const ids = `{${works.map((work) => work.documentId).join(',')}}`;
      const { rows } = await connection.query('stet-heads', HEADS, [ids]);
      for (const row of rows) {
        heads.set(row.document_id, { epoch: Number(row.epoch), headSeq: Number(row.head_seq) });
      }
    } catch {
      return works;
    }
    return works.filter((work) => {
      const head = heads.get(work.documentId);
      if (head?.epoch === work.epoch) {
        if (head.headSeq === work.baseSeq) return true;
        if (head.headSeq === work.baseSeq + work.entries.length) {
          settleCommitted(work);
          return false;
        }
      }
      log.info({ documentId: work.documentId, epoch: work.epoch, head }, 'journal: fenced');
      work.log.settle({ kind: 'fenced' });
      return false;
    });
  }

  /** A statement that can never succeed: find the document at fault, so that the others go on. */
  async #isolate(works: readonly Work[], error: unknown): Promise<readonly Work[]> {
    if (works.length === 1) {
      const work = works[0]!;
      this.#options.log.error({ error: String(error), documentId: work.documentId }, 'journal: append refused');
      work.log.settle({ kind: 'fenced' });
      return [];
    }
    for (const work of works) await this.#commit([work]);
    return [];
  }
}

function settleCommitted(work: Work): void {
  work.log.settle({ kind: 'committed', throughSeq: work.baseSeq + work.entries.length });
}

/** SQLSTATE classes of a statement that will fail again: data, constraint, syntax or access, program limit. */
function isPermanent(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|23|42|54)/.test(error.code ?? '');
}
