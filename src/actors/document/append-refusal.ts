/**
 * A document whose appends the database refuses: when the next append is tried, and what is logged and recorded. It lasts as
 * long as the document is in this node's tree, across restarts. Does not know the draft.
 *
 * I9: during the backoff nothing is applied, loaded or written, and requests are refused at once. The log has one line when
 * refusals begin and one when they end, however many tries are in between.
 */
import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Journal } from '../../ports/journal.ts';
import type { DocumentMetrics } from './ports.ts';

/** Between refusals in a row. */
const BACKOFF: BackoffPolicy = { firstMs: 1_000, longestMs: 60_000 };
const REASON_CHARACTERS = 500;

export interface AppendRefusalParts {
  documentId: string;
  journal: Pick<Journal, 'noteRefusal'>;
  metrics: Pick<DocumentMetrics, 'refused'>;
  /** Monotonic milliseconds. */
  now: () => number;
  log: Logger;
}

export class AppendRefusal {
  readonly #parts: AppendRefusalParts;
  #inARow = 0;
  #nextAt = 0;
  #isLogged = false;

  constructor(parts: AppendRefusalParts) {
    this.#parts = parts;
  }

  /** The last append was refused. */
  get isActive(): boolean {
    return this.#inARow > 0;
  }

  /** Milliseconds until an append may be tried; 0: now. */
  waitMs(): number {
    return this.isActive ? Math.max(this.#nextAt - this.#parts.now(), 0) : 0;
  }

  /** The last append was refused before, here or on another node: the next try shows whether it still is. */
  resume(): void {
    if (!this.isActive) this.#inARow = 1;
  }

  /** The database refused an append. */
  note(error: unknown): void {
    const { documentId, journal, log, metrics, now } = this.#parts;
    this.#nextAt = now() + backoffMs(this.#inARow, BACKOFF);
    this.#inARow += 1;
    metrics.refused();
    if (!this.#isLogged) log.error({ documentId, err: error }, 'document: the database rejects its changes');
    this.#isLogged = true;
    const { code, message } = error as { code?: unknown; message?: unknown };
    const reason = String(message ?? error).slice(0, REASON_CHARACTERS);
    this.#record(journal.noteRefusal(documentId, { code: String(code ?? ''), reason }));
  }

  /** An append was committed. */
  clear(): void {
    if (!this.isActive) return;
    const { documentId, journal, log } = this.#parts;
    this.#inARow = 0;
    this.#isLogged = false;
    log.info({ documentId }, 'document: the database accepts its changes again');
    this.#record(journal.noteRefusal(documentId, undefined));
  }

  /** For `stet doctor` and the next owner. A failure loses no more than that information. */
  #record(noted: Promise<void>): void {
    const { documentId, log } = this.#parts;
    noted.catch((error: unknown) =>
      log.debug({ documentId, err: error }, 'document: could not record that the database rejects its changes'),
    );
  }
}
