/**
 * What a reader has of a name: a revision, and of which document, if it knows. Names change hands: of another document it
 * has nothing, whatever the numbers. Knows no transport.
 *
 * I7: a reader may come from a node that heard of a revision a moment earlier. It is told nothing that it has: its node
 * catches up first.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Since {
  /** The newest one that the reader has; 0: none. */
  readonly revision: number;
  readonly documentId: string | undefined;
}

interface Present {
  readonly documentId: string;
  readonly revision: number;
}

export const NOTHING: Since = { revision: 0, documentId: undefined };

/** Milliseconds between looks; in all of them together every node has what was published before the first. */
const LOOK_AGAIN_MS = [60, 340, 700] as const;
const FORM = /^(0|[1-9]\d{0,9})(?:\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?$/;

/** As in addresses and in ids of events: `7`, or `7.{document}`. Undefined: not well-formed. */
export function parseSince(text: string): Since | undefined {
  const match = FORM.exec(text);
  return match ? { revision: Number(match[1]), documentId: match[2] } : undefined;
}

export const writeSince = ({ revision, documentId }: Present): string => `${revision}.${documentId}`;

const isPartOf = ({ revision, documentId }: Since, present: Present): boolean =>
  revision === 0 || (revision <= present.revision && (documentId ?? present.documentId) === present.documentId);

/** The revision behind which the reader is told of what is there; 0: it starts anew. */
export const sinceIn = (since: Since, present: Present): number => (isPartOf(since, present) ? since.revision : 0);

/**
 * Reads what a name shows, until that is as new as what the reader has. What still is not after a second never will be:
 * the reader has something else.
 * @param presentOf what was read
 */
export async function readUpTo<Read extends object>(
  since: Since,
  read: () => Promise<Read | undefined>,
  presentOf: (found: Read) => Present,
): Promise<Read | undefined> {
  let found = await read();
  for (const ms of LOOK_AGAIN_MS) {
    if (!found || isPartOf(since, presentOf(found))) return found;
    await delay(ms);
    found = await read();
  }
  return found;
}
