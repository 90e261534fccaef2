/** Drafts of many megabytes, written into the journal's tables as a node would have: through a front door they would take minutes. */
import { randomBytes } from 'node:crypto';
import * as Y from 'yjs';
import type { TestAuthor, World } from './node.ts';

/** Characters that one insertion brings. */
const CHUNK = 262_144;

/** The states that tests need: few large structs, or as many small ones as typing in many places leaves. */
export type LargeForm = 'pasted' | 'typed';

/** A draft's state of about so many bytes, under one client id. */
export function largeState(bytes: number, form: LargeForm): { state: Uint8Array; client: number; length: number } {
  const ydoc = new Y.Doc();
  const text = ydoc.getText('body');
  ydoc.transact(() => {
    if (form === 'pasted') {
      for (let left = bytes; left > 0; left -= CHUNK) {
        text.insert(
          text.length,
          randomBytes(CHUNK / 2)
            .toString('hex')
            .slice(0, Math.min(left, CHUNK)),
        );
      }
    } else {
      // A letter in front of the last one each time: nothing merges, and each struct names its neighbours.
      for (let at = 0; at < bytes / 13; at += 1) text.insert(at >> 1, String.fromCharCode(97 + (at % 26)));
    }
  });
  const state = Y.encodeStateAsUpdate(ydoc);
  const made = { state, client: ydoc.clientID, length: text.length };
  ydoc.destroy();
  return made;
}

/** Makes it the whole of a document's draft, at position 1. */
export async function seedDraft(
  world: World,
  documentId: string,
  author: TestAuthor,
  { state, client }: { state: Uint8Array; client: number },
): Promise<void> {
  const { userId, sessionId } = author;
  await world.orm.query(
    `insert into draft_updates (document_id, seq, user_id, session_id, update) values ($1, 1, $2, $3, $4)`,
    [documentId, userId, sessionId, Buffer.from(state)],
  );
  await world.orm.query(`insert into draft_clients (document_id, client_id, user_id) values ($1, $2, $3)`, [
    documentId,
    client,
    userId,
  ]);
  await world.orm.query(`update draft_heads set head_seq = 1 where document_id = $1`, [documentId]);
}
