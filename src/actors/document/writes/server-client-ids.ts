/**
 * Client ids that the server writes under for a user. A Yjs document keeps each client id for good, and each one makes every
 * transaction and every open more expensive, so a write takes no new one: they are derived from the document's and the
 * user's ids, the same on every node. The draft decides which of them can be used.
 *
 * I4: a co-author could be the first to write under one of them. Then it is theirs, and is skipped.
 */
import { createHash, randomInt } from 'node:crypto';

/** More than one is used only for writes that were made from older drafts than the user's last write. */
const DIGESTS = 2;
const ID_BYTES = 4;
const ID_LIMIT = 2 ** 32;

export function serverClientIds(documentId: string, userId: string): number[] {
  const ids: number[] = [];
  for (let part = 0; part < DIGESTS; part += 1) {
    const digest = createHash('sha256').update(`${documentId} ${userId} ${part}`).digest();
    for (let at = 0; at < digest.length; at += ID_BYTES) ids.push(digest.readUInt32BE(at));
  }
  return ids;
}

/** A random client id. */
export const randomClientId = (): number => randomInt(ID_LIMIT);
