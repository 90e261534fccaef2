/**
 * Covers each committed update of a draft with an audit event within 5 s (I5): every node covers what it commits, and a sweep
 * over the heads finds what a dead node left. See `draft-ranges.ts` for the exactly-once.
 *
 * An event costs PostgreSQL as much as an edit does, so it waits for the edits that follow: `coverAfterMs` from the first of
 * them. Its content is kept in memory meanwhile, so that the journal need not be read.
 */
import { performance } from 'node:perf_hooks';
import type { Logger } from '../../../lib/logger.ts';
import { periodic } from '../../../lib/periodic.ts';
import type { Portion } from '../journal/batch.ts';
import type { Orm } from '../orm.ts';
import { abandoned, coverFree, coverOne, coverWritten, MAX_UPDATES, uncovered } from './draft-ranges.ts';
import { extendRange, startRange, type WrittenRange } from './written.ts';

export interface DraftAuditOptions {
  orm: Orm;
  log: Logger;
  /** Milliseconds between two runs. */
  everyMs?: number;
  /** Milliseconds after which a run covers an update. */
  coverAfterMs?: number;
  /** Milliseconds between two sweeps. */
  sweepMs?: number;
  /** Milliseconds after which an update that is not covered counts as left behind: longer than its node takes. */
  staleMs?: number;
}

export interface DraftAudit {
  /** This node has committed a portion; `at` is the time that its rows bear, as JSON, where that is known. Cheap. */
  written(portion: Portion, at: string | undefined): void;
  /** A document has edits, of which nothing more is known. Cheap. */
  committed(documentId: string): void;
  /** Covers what has been committed. Never rejects. */
  flush(): Promise<void>;
  /** Covers what dead nodes left. Never rejects. */
  sweep(): Promise<void>;
  /** Flushes once more, and stops. */
  close(): Promise<void>;
}

// Within the 5 s, with time for the work itself: 2.5 s and a run here, 3.75 s and a sweep for what a dead node left.
const EVERY_MS = 500;
const COVER_AFTER_MS = 2_500;
const STALE_MS = 3_750;
const SWEEP_MS = 1_000;
/** Documents that one transaction covers: their heads are locked while it lasts. */
const BATCH = 200;
/** Times that locked heads are tried without waiting: a commit holds them for milliseconds. */
const TRIES = 2;
/** So many failures and no success: the cause is not these documents. */
const MAX_FAILURES = 10;

export function createDraftAudit(options: DraftAuditOptions): DraftAudit {
  const {
    orm,
    log,
    everyMs = EVERY_MS,
    coverAfterMs = COVER_AFTER_MS,
    sweepMs = SWEEP_MS,
    staleMs = STALE_MS,
  } = options;
  // Both bounded by the documents of the node. In the order of their first update.
  const ranges = new Map<string, WrittenRange>();
  /** What has to be read from the journal. */
  const unread = new Set<string>();

  function written(portion: Portion, at: string | undefined): void {
    const { documentId, baseSeq, entries } = portion;
    const known = ranges.get(documentId);
    const range = known ?? startRange(portion, performance.now());
    if (at === undefined || range.through !== baseSeq || baseSeq + entries.length - range.before > MAX_UPDATES) {
      ranges.delete(documentId);
      unread.add(documentId);
      return;
    }
    extendRange(range, portion, at);
    if (!known) ranges.set(documentId, range);
  }

  /** Covers them all from the journal, however busy they are. What throws is left to the caller. */
  async function cover(documentIds: readonly string[]): Promise<void> {
    const covered = await coverFree(orm, documentIds);
    const done = new Set(covered.filter(({ more }) => !more).map(({ documentId }) => documentId));
    const missed = documentIds.filter((documentId) => !done.has(documentId));
    if (missed.length === 0) return;
    for (const documentId of await uncovered(orm, missed)) {
      let one = await coverOne(orm, documentId);
      // Another node was faster: it may not have seen all that there is by now.
      if (!one) unread.add(documentId);
      while (one?.more === true) one = await coverOne(orm, documentId);
    }
  }

  /**
   * Covers each document that can be covered: one that cannot does not stop the others.
   * @returns the others, and why
   */
  async function coverEach(documentIds: readonly string[]): Promise<{ failed: string[]; error: unknown }> {
    try {
      await cover(documentIds);
      return { failed: [], error: undefined };
    } catch (error) {
      let reason = error;
      const failed: string[] = [];
      for (const [index, documentId] of documentIds.entries()) {
        try {
          if (failed.length < MAX_FAILURES || failed.length < index) await cover([documentId]);
          else failed.push(documentId);
        } catch (alone) {
          reason = alone;
          failed.push(documentId);
        }
      }
      return { failed, error: reason };
    }
  }

  /** Covers what is known; what cannot be covered so is read from the journal. */
  async function coverKnown(batch: readonly WrittenRange[]): Promise<void> {
    let left = batch;
    try {
      for (let tries = 0; tries < TRIES && left.length > 0; tries += 1) {
        const done = await coverWritten(orm, left);
        left = left.filter(({ documentId }) => !done.has(documentId));
      }
    } finally {
      // After an error too: whether it was covered, the heads know.
      for (const { documentId } of left) unread.add(documentId);
    }
  }

  /** Takes what is due by `beforeMs`. */
  function take(beforeMs: number): WrittenRange[] {
    const due: WrittenRange[] = [];
    for (const range of ranges.values()) {
      if (range.sinceMs > beforeMs || due.length === BATCH) break;
      due.push(range);
    }
    for (const { documentId } of due) ranges.delete(documentId);
    return due;
  }

  /** Covers what was committed by then. */
  async function coverBefore(beforeMs: number): Promise<void> {
    for (let due = take(beforeMs); due.length > 0; due = take(beforeMs)) await coverKnown(due);
    for (let left = unread.size; left > 0; left -= BATCH) {
      const batch = [...unread].slice(0, Math.min(BATCH, left));
      for (const documentId of batch) unread.delete(documentId);
      const { failed, error } = await coverEach(batch);
      for (const documentId of failed) unread.add(documentId);
      if (failed.length === batch.length) throw error;
      if (failed.length > 0)
        log.error({ err: error, documentIds: failed }, 'audit: could not record the edits of some documents');
    }
  }

  /** The next run covers everything, however recent. */
  let flushing = false;
  const coverage = periodic(everyMs, 'draft audit', log, () => {
    const beforeMs = performance.now() - (flushing ? 0 : coverAfterMs);
    flushing = false;
    return coverBefore(beforeMs);
  });
  const flush = (): Promise<void> => {
    flushing = true;
    return coverage.runNow();
  };
  const sweeps = periodic(sweepMs, 'audit sweep', log, async () => {
    // All of it: a busy node leaves more behind than a batch, and the next run may be too late.
    for (let after: string | undefined, isMore = true; isMore; ) {
      const left = await abandoned(orm, { staleMs, limit: BATCH, after });
      if (left.length === 0) return;
      log.info({ documents: left.length }, 'audit: recording edits of a node that is gone');
      const { failed, error } = await coverEach(left);
      if (failed.length > 0)
        log.error({ err: error, documentIds: failed }, 'audit: could not record the edits of some documents');
      after = left.at(-1);
      isMore = left.length === BATCH;
    }
  });

  return {
    written,
    committed: (documentId) => {
      unread.add(documentId);
    },
    flush,
    sweep: sweeps.runNow,
    async close() {
      await Promise.all([coverage.stop(), sweeps.stop()]);
      await flush();
    },
  };
}
