/**
 * Indexes the words of texts that were stored without: before an upgrade, or by a node of the version before. At the start of a node
 * and again every minute; when nothing is behind, that is one look. Knows neither SQL nor words.
 */
import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import type { DraftTextStore } from '../ports/draft-texts.ts';

export interface WordIndexerOptions {
  texts: Pick<DraftTextStore, 'index'>;
  log: Logger;
  /** Milliseconds between two runs. */
  everyMs?: number;
}

export interface WordIndexer {
  /** Indexes all that is behind. Never rejects. */
  run(): Promise<void>;
  /** Ends after the documents that are being indexed. */
  close(): Promise<void>;
}

const EVERY_MS = 60_000;

export function createWordIndexer({ texts, log, everyMs = EVERY_MS }: WordIndexerOptions): WordIndexer {
  let isClosed = false;
  const runs = periodic(everyMs, 'search index', log, async () => {
    for (let after: string | undefined, isMore = true; isMore; ) {
      const { last, failed } = await texts.index(after);
      for (const { documentId, error } of failed) {
        log.error({ documentId, err: error }, 'search index: could not index a document');
      }
      after = last;
      isMore = last !== undefined && !isClosed;
    }
  });
  void runs.runNow();
  return {
    run: runs.runNow,
    close() {
      isClosed = true;
      return runs.stop();
    },
  };
}
