/**
 * A reader's position under a name: the newest revision that it has, and of which document, if it knows. Names change hands:
 * a position in one document is no position in another, whatever the numbers. Knows no transport.
 *
 * I7: a reader may come from a node that heard of a revision a moment earlier. It never gets a revision twice: its new node
 * catches up with it first.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface ReaderPosition {
  /** The newest revision that the reader has; 0: none. */
  readonly revision: number;
  readonly documentId: string | undefined;
}

interface DocumentRevision {
  readonly documentId: string;
  readonly revision: number;
}

export const FROM_START: ReaderPosition = { revision: 0, documentId: undefined };

/** Milliseconds between reads; in all of them together every node has what was published before the first. */
const READ_AGAIN_MS = [60, 340, 700] as const;
const FORM = /^(0|[1-9]\d{0,9})(?:\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?$/;

/** As in addresses and in ids of events: `7`, or `7.{document}`. Undefined: not well-formed. */
export function parsePosition(text: string): ReaderPosition | undefined {
  const match = FORM.exec(text);
  return match ? { revision: Number(match[1]), documentId: match[2] } : undefined;
}

export const formatPosition = ({ revision, documentId }: DocumentRevision): string => `${revision}.${documentId}`;

const isWithin = ({ revision, documentId }: ReaderPosition, current: DocumentRevision): boolean =>
  revision === 0 || (revision <= current.revision && (documentId ?? current.documentId) === current.documentId);

/** The revision after which the reader goes on in this document; 0: from the start. */
export const resumeAfter = (position: ReaderPosition, current: DocumentRevision): number =>
  isWithin(position, current) ? position.revision : 0;

/**
 * Reads what a name shows until that is as new as the reader's position. What still is not after a second never will be:
 * the position is one in another document.
 * @param revisionOf what was read
 */
export async function readAtLeast<Read extends object>(
  position: ReaderPosition,
  read: () => Promise<Read | undefined>,
  revisionOf: (found: Read) => DocumentRevision,
): Promise<Read | undefined> {
  let found = await read();
  for (const ms of READ_AGAIN_MS) {
    if (!found || isWithin(position, revisionOf(found))) return found;
    await delay(ms);
    found = await read();
  }
  return found;
}
