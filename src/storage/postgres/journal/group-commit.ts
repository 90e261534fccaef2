/**
 * Group commit: all that is queued on this node, over all documents, goes into one statement and one WAL flush; the next
 * batch forms while it runs. Knows documents as (id, epoch, head) only.
 *
 * I1: a log's owner gets `committed` only after the server's answer without a warning, or after reading back that the head
 *     moved, and then that the standbys have it: a COMMIT may be seen that was broken off while it waited for them.
 * I2: each portion is fenced by epoch and expected head; what is fenced was not written.
 * An unknown outcome is resolved by reading the heads: under an unchanged epoch no other node can have moved them.
 *
 * One document never holds up the others: a batch that fails again and again is divided, until what cannot be written stands
 * alone and is refused. A database that takes no writes at all refuses nothing: everything waits for it.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type BackoffPolicy, backoffMs, equalJitter } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import { withDeadline } from '../../../lib/deadline.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Claim, DraftLog, Entry, Settled } from '../../../ports/journal.ts';
import { type Fault, faultOf, NotReplicated } from '../faults.ts';
import { appendParameters, type Portion } from './batch.ts';
import { CommitWindow } from './commit-window.ts';
import type { JournalConnection } from './connection.ts';
import { APPEND_ENTRIES, APPEND_ENTRIES_AND_CLIENTS, BARRIER, END_WAITS, HEADS } from './statements.ts';

export interface GroupCommitOptions {
  connection: JournalConnection;
  random: Random;
  log: Logger;
  /** Longest time that an entry waits for company under load, milliseconds. */
  maxWindowMs: number;
  maxBatchEntries: number;
  maxBatchBytes: number;
  /** Called for each finished batch. */
  onBatch?: ((entries: number, documents: number, seconds: number) => void) | undefined;
  /**
   * Called for each portion that was committed, before the document is. `at` is the time that its rows bear, as JSON;
   * undefined where the outcome was found out later.
   */
  onWritten?: ((portion: Portion, at: string | undefined) => void) | undefined;
}

/** Pause before a statement that failed for a passing reason is tried again; doubles up to the longest. */
const RETRY: BackoffPolicy = { firstMs: 25, longestMs: 1_000 };
/** Failures in a row of one batch before it is divided, where the next try may well succeed. */
const PATIENCE = 3;

class Log implements DraftLog {
  readonly documentId: string;
  readonly epoch: number;
  readonly settled: (outcome: Settled) => void;
  /** Head that the next batch starts from. */
  baseSeq: number;
  queued: Entry[] = [];
  open = true;
  /** What was last appended to this document was refused, or failed alone: the next goes in a batch of its own. */
  suspect: boolean;
  readonly #enqueue: (log: Log) => void;

  readonly #log: Logger;

  constructor(
    documentId: string,
    claim: Claim,
    suspect: boolean,
    settled: (outcome: Settled) => void,
    enqueue: (log: Log) => void,
    log: Logger,
  ) {
    this.#log = log;
    this.suspect = suspect;
    this.documentId = documentId;
    this.epoch = claim.epoch;
    this.baseSeq = claim.headSeq;
    this.settled = settled;
    this.#enqueue = enqueue;
    this.#lastSeq = claim.headSeq;
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
    if (outcome.kind === 'committed') this.suspect = false;
    else this.close();
    try {
      this.settled(outcome);
    } catch (error) {
      // The writer serves every document: what one of them makes of the outcome cannot stop it.
      this.#log.error({ documentId: this.documentId, err: error }, 'journal: a listener threw');
      this.close();
    }
  }
}

/** A portion and its log. */
interface Work extends Portion {
  readonly log: Log;
}

/** Result of one statement. `doubtful`: no row came back. */
type Attempt = { kind: 'answered'; doubtful: readonly Work[] } | { kind: 'failed'; fault: Fault; error: unknown };

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #window: CommitWindow;
  /** Logs with queued entries, in the order in which they were queued. */
  readonly #waiting = new Set<Log>();
  #running: Promise<void> | undefined;
  /** A session was given up, and may wait for a standby still. */
  #mayWait = false;
  #closed = false;
  #draining = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#window = new CommitWindow(options.maxWindowMs);
  }

  openLog(documentId: string, claim: Claim, settled: (outcome: Settled) => void, suspect = false): DraftLog {
    return new Log(documentId, claim, suspect, settled, (log) => this.#enqueue(log), this.#options.log);
  }

  /** Writes what is queued as far as the database answers within `deadlineMs`; the rest settles as `closed`. */
  async close(deadlineMs: number): Promise<void> {
    this.#draining = true;
    if (this.#running) await withDeadline(this.#running, deadlineMs, () => undefined);
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

  /**
   * Takes queued entries up to the batch limits; what does not fit stays queued, at the back.
   * @param pending what is taken already: more of the same documents has to wait for it
   */
  #take(pending: readonly Work[] = []): Work[] {
    const works: Work[] = [];
    const busy = new Set(pending.map(({ log }) => log));
    let entries = pending.reduce((sum, work) => sum + work.entries.length, 0);
    let bytes = pending.reduce((sum, work) => sum + bytesOf(work), 0);
    const { maxBatchEntries, maxBatchBytes } = this.#options;
    for (const log of this.#waiting) {
      if (entries >= maxBatchEntries || bytes >= maxBatchBytes) break;
      if (busy.has(log)) continue;
      if (log.suspect && works.length > 0) continue;
      this.#waiting.delete(log);
      if (!log.open || log.queued.length === 0) continue;
      let count = 0;
      while (count < log.queued.length && entries < maxBatchEntries && bytes < maxBatchBytes) {
        bytes += log.queued[count]!.update.byteLength;
        count += 1;
        entries += 1;
      }
      const taken = log.queued.splice(0, count);
      works.push({ log, documentId: log.documentId, epoch: log.epoch, baseSeq: log.baseSeq, entries: taken });
      log.baseSeq += count;
      if (log.queued.length > 0) this.#waiting.add(log);
      if (log.suspect) break;
    }
    return works;
  }

  /** Returns when every work has settled, or the connection was closed for good. */
  async #commit(works: readonly Work[]): Promise<void> {
    const { connection, random } = this.#options;
    let pending = works;
    for (let failures = 0; pending.length > 0; failures += 1) {
      if (failures > 0) {
        await delay(equalJitter(backoffMs(failures - 1, RETRY), random));
        // Others' entries show whether it is the database that fails or what was taken so far.
        pending = [...pending, ...this.#take(pending)];
      }
      if (!(await connection.ready())) {
        for (const work of pending) work.log.settle({ kind: 'closed' });
        return;
      }
      pending = await this.#tryOnce(pending, failures);
    }
    connection.settled();
  }

  /** One try; returns what must be tried again. */
  async #tryOnce(works: readonly Work[], failures: number): Promise<readonly Work[]> {
    const tried = await this.#attempt(works);
    if (tried.kind === 'answered') return this.#resolve(tried.doubtful);
    const { fault, error } = tried;
    const isPatient = failures + 1 < PATIENCE && !works.every(({ log }) => log.suspect);
    if (fault === 'entries') return this.#divide(works, error, ['entries']);
    if (fault === 'statement') {
      return isPatient ? this.#resolve(works) : this.#divide(works, error, ['entries', 'statement']);
    }
    this.#options.connection.failed(error);
    const waits = await this.#resolve(works);
    if (fault === 'session' || waits.length < 2 || (failures + 1) % PATIENCE > 0) return waits;
    // One of them after the other is tried alone: if it is written, the database takes writes, and another is at fault.
    const one = waits[Math.floor(failures / PATIENCE) % waits.length]!;
    const alone = await this.#attempt([one]);
    if (alone.kind === 'failed' || alone.doubtful.length > 0) return this.#resolve(waits);
    const others = waits.filter((work) => work !== one);
    return this.#divide(others, error, ['entries', 'statement', 'database']);
  }

  async #attempt(works: readonly Work[]): Promise<Attempt> {
    const { connection } = this.#options;
    const { values, bindings } = appendParameters(works);
    try {
      const { rows } = bindings
        ? await connection.query('stet-append-bind', APPEND_ENTRIES_AND_CLIENTS, values)
        : await connection.query('stet-append', APPEND_ENTRIES, values);
      const [written] = rows;
      // The heads show which of them were fenced.
      if (written?.documents !== works.length) return { kind: 'answered', doubtful: works };
      this.#mayWait = false;
      for (const work of works) this.#settleCommitted(work, String(written.at));
      return { kind: 'answered', doubtful: [] };
    } catch (error) {
      const fault = faultOf(error);
      if (fault === 'session') this.#mayWait = true;
      return { kind: 'failed', fault, error };
    }
  }

  /** Reads the heads to find out what happened; returns what was not written and may be tried again. */
  async #resolve(works: readonly Work[]): Promise<readonly Work[]> {
    const { connection, log } = this.#options;
    if (works.length === 0) return works;
    if (!(await connection.ready())) return works;
    const heads = new Map<unknown, { epoch: number; headSeq: number }>();
    try {
      if (this.#mayWait) await this.#endWaits();
      const ids = `{${works.map((work) => work.documentId).join(',')}}`;
      const { rows } = await connection.query('stet-heads', HEADS, [ids]);
      for (const row of rows) {
        heads.set(row.document_id, { epoch: Number(row.epoch), headSeq: Number(row.head_seq) });
      }
      const hasMoved = works.some(({ documentId, baseSeq }) => (heads.get(documentId)?.headSeq ?? baseSeq) !== baseSeq);
      if (hasMoved) await this.#untilReplicated();
    } catch (error) {
      connection.failed(error);
      return works;
    }
    return works.filter((work) => {
      const head = heads.get(work.documentId);
      if (head?.epoch === work.epoch) {
        if (head.headSeq === work.baseSeq) return true;
        if (head.headSeq === work.baseSeq + work.entries.length) {
          this.#settleCommitted(work, undefined);
          return false;
        }
      }
      log.info(
        { documentId: work.documentId, epoch: work.epoch, head },
        'journal: append rejected, another node owns the document',
      );
      work.log.settle({ kind: 'fenced' });
      return false;
    });
  }

  /** Whatever was seen as committed is on the standbys when it resolves. */
  async #untilReplicated(): Promise<void> {
    this.#mayWait = true;
    await this.#options.connection.query('stet-barrier', BARRIER, []);
    this.#mayWait = false;
  }

  /**
   * What waits for a standby on a session that was given up locks its documents: others would fail for it alone, and be refused.
   * Ended, it can be seen, and counts once the standby has it.
   */
  async #endWaits(): Promise<void> {
    const { connection, log } = this.#options;
    try {
      const { rows } = await connection.query('stet-end-waits', END_WAITS, [connection.timeoutMs]);
      if (rows.length > 0) connection.failed(new NotReplicated('no standby confirms writes'));
    } catch (error) {
      if (faultOf(error) === 'session') throw error;
      // A role that may not cancel anything can write all the same.
      log.warn({ err: error }, 'journal: could not end sessions that wait for a standby');
    }
  }

  #settleCommitted(work: Work, at: string | undefined): void {
    try {
      this.#options.onWritten?.(work, at);
    } catch (error) {
      this.#options.log.error(
        { err: error, documentId: work.documentId },
        'journal: could not report a committed batch',
      );
    }
    work.log.settle({ kind: 'committed', throughSeq: work.baseSeq + work.entries.length });
  }

  /**
   * Works that failed together: each half is tried on its own, so that whatever can be written is, and what fails alone
   * is refused. Returns what must be tried again.
   * @param own faults that count as the works' own; others mean that everything has to wait
   */
  async #divide(works: readonly Work[], error: unknown, own: readonly Fault[]): Promise<readonly Work[]> {
    const [only] = works;
    if (works.length < 2) {
      // Alone for the first time, and what came in between may be over by the next.
      if (only && faultOf(error) === 'statement' && !only.log.suspect) {
        only.log.suspect = true;
        return [only];
      }
      only?.log.settle({ kind: 'refused', error });
      return [];
    }
    const half = Math.ceil(works.length / 2);
    const again: Work[] = [];
    for (const part of [works.slice(0, half), works.slice(half)]) {
      const { connection } = this.#options;
      const tried = (await connection.ready()) ? await this.#attempt(part) : undefined;
      if (tried === undefined) again.push(...part);
      else if (tried.kind === 'answered') again.push(...(await this.#resolve(tried.doubtful)));
      else if (own.includes(tried.fault)) again.push(...(await this.#divide(part, tried.error, own)));
      else again.push(...(await this.#resolve(part)));
    }
    return again;
  }
}

const bytesOf = ({ entries }: Work): number => entries.reduce((sum, { update }) => sum + update.byteLength, 0);
