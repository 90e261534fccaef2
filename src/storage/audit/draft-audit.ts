/**
 * Sees to it that each committed update of a draft is covered by an audit event within 5 s (I5): every node covers what it
 * commits, and what a dead node left is found by a sweep over the heads. See `draft-ranges.ts` for the exactly-once.
 */

import { every } from '../../every.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Orm } from '../orm.ts';
import { abandoned, coverFree, coverOne, uncovered } from './draft-ranges.ts';

export interface DraftAuditOptions {
  orm: Orm;
  log: Logger;
  /** Milliseconds between two rounds, and between two sweeps. */
  everyMs?: number;
  /** Milliseconds after which an update that is not covered counts as left behind: longer than a round. */
  staleMs?: number;
}

export interface DraftAudit {
  /** A document held by this node has committed edits. Cheap. */
  committed(documentId: string): void;
  /** Covers what has been committed. Never rejects. */
  flush(): Promise<void>;
  /** Covers what dead nodes left. Never rejects. */
  sweep(): Promise<void>;
  /** Flushes once more, and stops. */
  close(): Promise<void>;
}

const EVERY_MS = 2_000;
const STALE_MS = 2_500;
/** Documents that one transaction covers: their heads are locked while it lasts. */
const BATCH = 200;

export function createDraftAudit(options: DraftAuditOptions): DraftAudit {
  const { orm, log, everyMs = EVERY_MS, staleMs = STALE_MS } = options;
  // Bounded by the documents of the node.
  const dirty = new Set<string>();

  /** Covers them all, however busy they are. What throws is left to the caller. */
  async function cover(documentIds: readonly string[]): Promise<void> {
    const covered = await coverFree(orm, documentIds);
    const done = new Set(covered.filter(({ more }) => !more).map(({ documentId }) => documentId));
    const missed = documentIds.filter((documentId) => !done.has(documentId));
    if (missed.length === 0) return;
    for (const documentId of await uncovered(orm, missed)) {
      let one = await coverOne(orm, documentId);
      // Another node was faster: it may not have seen all that there is by now.
      if (!one) dirty.add(documentId);
      while (one?.more === true) one = await coverOne(orm, documentId);
    }
  }

  async function round(): Promise<void> {
    for (let left = dirty.size; left > 0; left -= BATCH) {
      const batch = [...dirty].slice(0, Math.min(BATCH, left));
      for (const documentId of batch) dirty.delete(documentId);
      try {
        await cover(batch);
      } catch (error) {
        for (const documentId of batch) dirty.add(documentId);
        throw error;
      }
    }
  }

  const rounds = every(everyMs, 'audit of drafts', log, round);
  const sweeps = every(everyMs, 'audit sweep', log, async () => {
    const left = await abandoned(orm, staleMs, BATCH);
    if (left.length === 0) return;
    log.info({ documents: left.length }, 'audit: covering what another node left');
    await cover(left);
  });

  return {
    committed: (documentId) => {
      dirty.add(documentId);
    },
    flush: rounds.now,
    sweep: sweeps.now,
    async close() {
      await Promise.all([rounds.stop(), sweeps.stop()]);
      await rounds.now();
    },
  };
}
