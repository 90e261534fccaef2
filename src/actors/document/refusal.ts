/**
 * A document whose appends the database refuses: when the next one is tried, and who hears of it. Lives as long as the
 * document is in this node's tree, through all its lives there. Knows nothing of the text.
 *
 * I9: while a try is not due nothing is applied, loaded or written, and what comes in is answered at once. The log has a line
 * where it begins and one where it ends, however often it is tried in between.
 */

import type { Logger } from '../../lib/logger.ts';
import type { Journal } from '../../ports/journal.ts';
import type { DocumentMetrics } from './ports.ts';

/** Pause after the first refusal, milliseconds; doubles with each in a row, up to the longest. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const REASON_CHARACTERS = 500;

export interface RefusalParts {
  documentId: string;
  journal: Pick<Journal, 'noteRefusal'>;
  metrics: Pick<DocumentMetrics, 'refused'>;
  /** Monotonic milliseconds. */
  now: () => number;
  log: Logger;
}

export class Refusal {
  readonly #parts: RefusalParts;
  #inARow = 0;
  #nextAt = 0;
  #isLogged = false;

  constructor(parts: RefusalParts) {
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

  /** It was refused before, here or elsewhere: whether it still is will show. */
  resume(): void {
    if (!this.isActive) this.#inARow = 1;
  }

  /** The database refused an append. */
  note(error: unknown): void {
    const { documentId, journal, log, metrics, now } = this.#parts;
    this.#nextAt = now() + Math.min(FIRST_MS * 2 ** this.#inARow, LONGEST_MS);
    this.#inARow += 1;
    metrics.refused();
    if (!this.#isLogged) log.error({ documentId, err: error }, 'document: the database refuses what is written');
    this.#isLogged = true;
    const { code, message } = error as { code?: unknown; message?: unknown };
    const reason = String(message ?? error).slice(0, REASON_CHARACTERS);
    this.#record(journal.noteRefusal(documentId, { code: String(code ?? ''), reason }));
  }

  /** Something was written. */
  clear(): void {
    if (!this.isActive) return;
    const { documentId, journal, log } = this.#parts;
    this.#inARow = 0;
    this.#isLogged = false;
    log.info({ documentId }, 'document: the database takes what is written again');
    this.#record(journal.noteRefusal(documentId, undefined));
  }

  /** For `stet doctor` and the next owner. Without it nothing is lost but their knowing. */
  #record(noted: Promise<void>): void {
    const { documentId, log } = this.#parts;
    noted.catch((error: unknown) => log.debug({ documentId, err: error }, 'document: its refusal could not be noted'));
  }
}
