/**
 * Updates that were applied to a draft and are not committed yet, and the answers that wait for their commit.
 *
 * I1, I3: an answer may show everything that was applied before it, so each answer waits for the commit of its position.
 * When the document's life ends first, it is unknown whether the update was committed: the answer is `reopen`, unless the
 * life ends because the commit is known to have failed.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { DocumentLimits } from './ports.ts';

/** An update that was applied and is not committed yet. */
export interface Uncommitted {
  readonly seq: number;
  readonly update: Uint8Array;
  readonly connection: string | undefined;
}

interface Waiting {
  readonly seq: number;
  readonly answer: () => void;
}

export class Outstanding {
  #appliedSeq: number;
  #committedSeq: number;
  #uncommitted: Uncommitted[] = [];
  #bytes = 0;
  #waiting: Waiting[] = [];
  #flushed: (() => void)[] = [];
  /** The answer to updates that were not committed when the life ended. */
  #lost: Failure = failure('reopen');

  constructor(seq: number) {
    this.#appliedSeq = seq;
    this.#committedSeq = seq;
  }

  get appliedSeq(): number {
    return this.#appliedSeq;
  }

  get committedSeq(): number {
    return this.#committedSeq;
  }

  get isEmpty(): boolean {
    return this.#uncommitted.length === 0;
  }

  /** I9: the database is behind; nothing more may be applied. */
  isFull(limits: Pick<DocumentLimits, 'maxUncommittedUpdates' | 'maxUncommittedBytes'>): boolean {
    return this.#uncommitted.length >= limits.maxUncommittedUpdates || this.#bytes >= limits.maxUncommittedBytes;
  }

  add(entry: Uncommitted): void {
    this.#appliedSeq = entry.seq;
    this.#uncommitted.push(entry);
    this.#bytes += entry.update.byteLength;
  }

  /** Calls back once everything up to `seq` is committed, or the document's life has ended. */
  whenCommitted(seq: number, answer: () => void): void {
    if (seq <= this.#committedSeq) answer();
    else this.#waiting.push({ seq, answer });
  }

  /** Sends an answer that shows the draft at `seq` once that is committed. */
  answer<A>(seq: number, reply: (answer: A | Failure) => void, answer: A): void {
    this.whenCommitted(seq, () => reply(this.#committedSeq >= seq ? answer : failure('reopen')));
  }

  /** The same for the acknowledgement of the update at `seq`. */
  acknowledge<A>(seq: number, reply: (answer: A | Failure) => void, answer: A): void {
    this.whenCommitted(seq, () => reply(this.#committedSeq >= seq ? answer : this.#lost));
  }

  /** Advances the committed position; returns the updates that were committed by it. */
  commit(throughSeq: number): Uncommitted[] {
    this.#committedSeq = throughSeq;
    const committed = takeWhile(this.#uncommitted, (entry) => entry.seq <= throughSeq);
    for (const { update } of committed) this.#bytes -= update.byteLength;
    return committed;
  }

  /** Sends the answers that are due; returns how many. */
  release(): number {
    const due = takeWhile(this.#waiting, (waiting) => waiting.seq <= this.#committedSeq);
    for (const { answer } of due) answer();
    if (this.isEmpty) this.#releaseFlushers();
    return due.length;
  }

  /** Resolves when all that was applied is committed, or the document's life has ended. */
  async flushed(): Promise<void> {
    if (!this.isEmpty) await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  /**
   * Ends the document's life: sends all answers that wait.
   * @param lost why the uncommitted updates never will be committed, where that is known
   */
  end(lost?: Failure): void {
    if (lost) this.#lost = lost;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#uncommitted = [];
    this.#releaseFlushers();
    for (const { answer } of waiting) answer();
  }

  #releaseFlushers(): void {
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const resolve of flushed) resolve();
  }
}

/** Removes and returns the leading items that match. */
function takeWhile<T>(items: T[], matches: (item: T) => boolean): T[] {
  let count = 0;
  while (count < items.length && matches(items[count]!)) count += 1;
  return items.splice(0, count);
}
