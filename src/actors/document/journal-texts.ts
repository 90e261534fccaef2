/**
 * Texts of drafts for readers, from the journal. Knows no owners and no access.
 *
 * I9: each document has a turn of its own among the threads, and one read at a time, which all share who ask for that position or an
 * earlier one. All who ask for later ones meanwhile share the next. What is read is loaded when a thread is free, within a time,
 * and of so many documents at once: the queue is the authors' as well.
 */
import type { DraftContent } from '../../content/model/types.ts';
import { answerWithin } from '../../lib/deadline.ts';
import type { PublicDrafts, PublicUpdate } from '../../ports/public-reads.ts';
import type { Copies } from './writes/copies.ts';

export interface JournalTextsOptions {
  /** With the rights of those who read. */
  stateAt: PublicDrafts['stateAt'];
  copies: Pick<Copies, 'readLoaded' | 'sectionStarts'>;
  /** Milliseconds that loading a state may take: a thread waits for it. */
  loadMs: number;
  /** Tasks that may wait or run at once. */
  maxTasks: number;
}

export interface JournalText {
  readonly seq: number;
  readonly content: DraftContent;
}

interface RunningRead {
  readonly seq: number;
  readonly outcome: Promise<JournalText | undefined>;
  next: NextRead | undefined;
}

/** The read after a running one. */
interface NextRead {
  /** The latest position that it was asked for. */
  seq: number;
  readonly outcome: Promise<JournalText | undefined>;
}

/** Undefined: it is too large, there is none, or too much is being read. Rejects when the journal or a thread fails. */
export function createJournalTexts({ stateAt, copies, loadMs, maxTasks }: JournalTextsOptions) {
  const reads = new Map<string, RunningRead>();
  let tasks = 0;

  async function limited<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (tasks >= maxTasks) return undefined;
    tasks += 1;
    try {
      return await task();
    } finally {
      tasks -= 1;
    }
  }

  const load = (documentId: string, seq: number) => answerWithin(stateAt(documentId, seq), loadMs);

  async function textAt(documentId: string, seq: number): Promise<JournalText | undefined> {
    const read = await limited(() => copies.readLoaded(documentId, () => load(documentId, seq)));
    return read?.ok && read.content ? { seq, content: read.content } : undefined;
  }

  function start(documentId: string, seq: number): Promise<JournalText | undefined> {
    const outcome = textAt(documentId, seq).finally(() => {
      if (reads.get(documentId) === read) reads.delete(documentId);
    });
    const read: RunningRead = { seq, outcome, next: undefined };
    reads.set(documentId, read);
    return outcome;
  }

  function after(running: RunningRead, documentId: string, seq: number): Promise<JournalText | undefined> {
    if (running.next) {
      running.next.seq = Math.max(running.next.seq, seq);
      return running.next.outcome;
    }
    const begin = () => join(documentId, next.seq);
    const next: NextRead = { seq, outcome: running.outcome.then(begin, begin) };
    running.next = next;
    return next.outcome;
  }

  function join(documentId: string, seq: number): Promise<JournalText | undefined> {
    const running = reads.get(documentId);
    if (!running) return start(documentId, seq);
    return running.seq >= seq ? running.outcome : after(running, documentId, seq);
  }

  return {
    /** The draft at that position, or a later one that somebody else asked for. */
    read: join,

    /** As `LiveContents.sectionStarts`. */
    async sectionStarts(documentId: string, seq: number, logged: readonly PublicUpdate[]) {
      const found = await limited(() =>
        copies.sectionStarts(documentId, async () => {
          const updates = await load(documentId, seq);
          return updates && { updates, log: logOf(logged) };
        }),
      );
      return found?.ok ? found.starts : undefined;
    },
  };
}

/** One behind the other: many small arrays take long to send to a thread. */
function logOf(updates: readonly PublicUpdate[]) {
  const ends: number[] = [];
  let length = 0;
  for (const { update } of updates) {
    length += update.byteLength;
    ends.push(length);
  }
  const bytes = new Uint8Array(length);
  for (const [index, { update }] of updates.entries()) bytes.set(update, ends[index - 1] ?? 0);
  return { bytes, ends, at: updates.map(({ at }) => at) };
}
