/**
 * Gives what was written under a client id another one, in the document itself: for work that a server will never take under
 * the id that it has. The text, its shared types and whatever is bound to them stay as they are; only ids change.
 *
 * Yjs orders what was written at one place by client ids. The new id therefore lies between the same neighbours as the old
 * one, so that every replica puts the work where it stands here.
 */
import * as Y from 'yjs';

const MAX_CLIENT_ID = 0xffff_ffff;

/**
 * Draws an id that no other client of the document has, and that compares with theirs as `client` does, if there is one.
 * Every window that has the same work draws the same one, so that what each of them renames is there once.
 * @param random a number in [0, 1)
 */
export function adjacentClientId(doc: Y.Doc, client: number, random: () => number): number {
  let [low, high] = [-1, MAX_CLIENT_ID + 1];
  for (const other of doc.store.clients.keys()) {
    if (other < client) low = Math.max(low, other);
    if (other > client) high = Math.min(high, other);
  }
  const free = high - low - 2;
  if (free < 1) return Math.floor(random() * MAX_CLIENT_ID);
  if (client + 1 < high) return client + 1;
  return client - 1;
}

/** @param to an id that is not in use */
export function renameClient(doc: Y.Doc, from: number, to: number): void {
  const { clients } = doc.store;
  const own = clients.get(from);
  if (!own) return;
  const renamed = (id: Y.ID | null): Y.ID | null => (id?.client === from ? new Y.ID(to, id.clock) : id);
  for (const structs of clients.values()) {
    for (const struct of structs) {
      if (!(struct instanceof Y.Item)) continue;
      struct.origin = renamed(struct.origin);
      struct.rightOrigin = renamed(struct.rightOrigin);
      struct.redone = renamed(struct.redone);
    }
  }
  for (const struct of own) struct.id = new Y.ID(to, struct.id.clock);
  clients.delete(from);
  clients.set(to, own);
}

/**
 * The same in what a device keeps, where other windows on the document have left what they wrote: all of it, and what the
 * document has, as one update. Where both ids stand already only what the
 * document has is left.
 * @param doc with what was written under `from` renamed
 */
export function renamedState(kept: readonly Uint8Array[], doc: Y.Doc, from: number, to: number): Uint8Array {
  const own = Y.encodeStateAsUpdate(doc);
  const whole = new Y.Doc();
  whole.transact(() => {
    for (const update of kept) Y.applyUpdate(whole, update);
  });
  const { clients } = whole.store;
  if (clients.has(from) && clients.has(to)) return own;
  renameClient(whole, from, to);
  Y.applyUpdate(whole, own);
  return Y.encodeStateAsUpdate(whole);
}
