/**
 * Updates of a draft that this node has committed and no audit event covers yet, summed up for the event: pure. Knows no SQL.
 */
import type { Portion } from '../journal/batch.ts';

/** The updates of one author and session. */
export interface WrittenPart {
  readonly userId: string;
  readonly sessionId: string;
  /** Positions, ends included. */
  readonly ranges: [from: number, to: number][];
  updates: number;
  bytes: number;
  /** Times as the rows of the journal bear them, as JSON. */
  readonly from: string;
  to: string;
}

/** Consecutive positions of a draft: those behind `before`, up to `through`. */
export interface WrittenRange {
  readonly documentId: string;
  readonly before: number;
  through: number;
  readonly parts: WrittenPart[];
  /** When the first of it was committed, monotonic milliseconds. */
  readonly sinceMs: number;
}

export const startRange = ({ documentId, baseSeq }: Portion, sinceMs: number): WrittenRange => ({
  documentId,
  before: baseSeq,
  through: baseSeq,
  parts: [],
  sinceMs,
});

/** Adds the portion that follows. */
export function extendRange(range: WrittenRange, { entries }: Portion, at: string): void {
  for (const { author, update } of entries) {
    range.through += 1;
    const seq = range.through;
    // Few write on one document at a time.
    const part = range.parts.find((one) => one.sessionId === author.sessionId && one.userId === author.userId);
    if (!part) {
      const { userId, sessionId } = author;
      range.parts.push({
        userId,
        sessionId,
        ranges: [[seq, seq]],
        updates: 1,
        bytes: update.byteLength,
        from: at,
        to: at,
      });
      continue;
    }
    const last = part.ranges.at(-1);
    if (last?.[1] === seq - 1) last[1] = seq;
    else part.ranges.push([seq, seq]);
    part.updates += 1;
    part.bytes += update.byteLength;
    part.to = at;
  }
}

/** What an event says of a part, as JSON. */
export const detailsOf = ({ ranges, updates, bytes, from, to }: WrittenPart): string =>
  `{"ranges":${JSON.stringify(ranges)},"updates":${updates},"bytes":${bytes},"from":${from},"to":${to}}`;
