/**
 * Keeps what search and lists know of drafts up to date: a moment after a commit, the draft's title, summary and text are
 * read from its owner and stored. Best effort: what fails is tried again in the next round; after a crash, the next edit
 * brings it, or the sweep that looks for what was left. Knows neither SQL nor how content becomes text.
 */
import type { DraftContent } from '../content/model/types.ts';
import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import type { DraftText, DraftTextStore } from '../ports/draft-texts.ts';
import type { DraftContents } from './publisher.ts';

export interface ProjectorOptions {
  drafts: Pick<DraftContents, 'read'>;
  texts: DraftTextStore;
  /** The text of a body, for search. */
  textOf(body: DraftContent['body']): string;
  /** True when an error means that the database is unavailable, or that a retry may succeed. */
  isUnavailable(error: unknown): boolean;
  /** Called for documents whose title or summary changed. */
  onChanged(documentId: string): void;
  log: Logger;
  /** Milliseconds between two rounds, and between two sweeps. */
  everyMs?: number;
  sweepMs?: number;
}

export interface Projector {
  /** A document owned by this node has committed edits. Cheap. */
  committed(documentId: string): void;
  /** Projects what has been committed. Never rejects. */
  flush(): Promise<void>;
  /** Looks for documents that were left unprojected. Never rejects. */
  sweep(): Promise<void>;
  /** Flushes once more, and stops. */
  close(): Promise<void>;
}

const EVERY_MS = 1_000;
const SWEEP_MS = 60_000;
const BATCH = 50;
const PARALLEL = 4;

export function createProjector(options: ProjectorOptions): Projector {
  const { drafts, texts, textOf, isUnavailable, onChanged, log, everyMs = EVERY_MS, sweepMs = SWEEP_MS } = options;
  // In the order of their commits: the oldest is next. Bounded by the node's documents.
  const dirty = new Set<string>();

  async function read(documentId: string): Promise<DraftText | undefined> {
    const draft = await drafts.read(documentId, 'content');
    if (draft.ok) {
      const { title, summary, body } = draft.content;
      return { documentId, seq: draft.seq, title, summary, text: textOf(body) };
    }
    // Deleted, or moving to another node: a moving one is retried.
    if (draft.error.retryAfterMs !== undefined) dirty.add(documentId);
    return undefined;
  }

  async function store(found: readonly DraftText[]): Promise<void> {
    try {
      for (const documentId of await texts.project(found)) onChanged(documentId);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      const [first, ...others] = found;
      if (first && others.length === 0) {
        log.error({ documentId: first.documentId, err: error }, 'projector: could not store a text');
      }
      // One text that cannot be stored does not keep the others from it.
      else for (const text of found) await store([text]);
    }
  }

  async function round(): Promise<void> {
    const batch = [...dirty].slice(0, BATCH);
    for (const documentId of batch) dirty.delete(documentId);
    try {
      const found: DraftText[] = [];
      const waiting = batch.values();
      await Promise.all(
        Array.from({ length: PARALLEL }, async () => {
          for (const documentId of waiting) {
            const text = await read(documentId);
            if (text) found.push(text);
          }
        }),
      );
      await store(found);
    } catch (error) {
      for (const documentId of batch) dirty.add(documentId);
      throw error;
    }
  }

  const rounds = periodic(everyMs, 'projector', log, round);
  const sweeps = periodic(sweepMs, 'projector sweep', log, async () => {
    for (const documentId of await texts.behind(BATCH)) dirty.add(documentId);
  });
  return {
    committed: (documentId) => {
      dirty.add(documentId);
    },
    flush: rounds.runNow,
    sweep: sweeps.runNow,
    async close() {
      await Promise.all([sweeps.stop(), rounds.stop()]);
      await rounds.runNow();
    },
  };
}
