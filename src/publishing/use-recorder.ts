/**
 * Gathers which documents users open and edit on this node, and stores it every few seconds. Best effort: what a node that dies
 * has gathered is lost. Knows no SQL.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import type { DocumentUse, DocumentUseStore } from '../ports/document-uses.ts';

export interface UseRecorderOptions {
  uses: DocumentUseStore;
  clock: Clock;
  log: Logger;
  /** Milliseconds between two rounds. */
  everyMs?: number;
}

export interface UseRecorder {
  /** A user has opened or edited a document. Cheap. */
  used(userId: string, documentId: string): void;
  /** Stores what was gathered. Never rejects. */
  flush(): Promise<void>;
  /** Flushes once more, and stops. */
  close(): Promise<void>;
}

const EVERY_MS = 5_000;
/** Uses that are gathered at most. I9: while the database is away, new ones are left out. */
const MAX_GATHERED = 10_000;

export function createUseRecorder({ uses, clock, log, everyMs = EVERY_MS }: UseRecorderOptions): UseRecorder {
  const gathered = new Map<string, DocumentUse>();

  function gather(use: DocumentUse): void {
    const key = `${use.userId} ${use.documentId}`;
    if (gathered.has(key) || gathered.size < MAX_GATHERED) gathered.set(key, use);
  }

  const rounds = periodic(everyMs, 'document usage', log, async () => {
    const batch = [...gathered.values()];
    if (batch.length === 0) return;
    gathered.clear();
    try {
      await uses.record(batch);
    } catch (error) {
      // With the next ones; of the same document the later time counts.
      const later = [...gathered.values()];
      gathered.clear();
      for (const use of [...batch, ...later]) gather(use);
      throw error;
    }
  });

  return {
    used: (userId, documentId) => gather({ userId, documentId, at: clock.now() }),
    flush: rounds.runNow,
    async close() {
      await rounds.stop();
      await rounds.runNow();
    },
  };
}
