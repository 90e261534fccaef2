/**
 * What this client has and the server lacks, as one update. The server sent its state vector and, in its own update, all
 * that it has as deleted; Yjs would repeat every deletion of the document, here only the missing ones are sent.
 *
 * What waits for a part that is missing on both sides is left out: a server accepts no update that contains it, and it would keep
 * all else from being saved.
 */
import * as Y from 'yjs';
import { encodeDeletes, normalized, type Range, subtract } from './ranges.ts';

/**
 * @param serverUpdate what the server answered to `open`: it ends with all deletions that the server knows
 * @param serverVector the server's state vector at that moment
 * @returns a v1 update, or undefined when the server lacks nothing
 */
export function unsentUpdate(doc: Y.Doc, serverUpdate: Uint8Array, serverVector: Uint8Array): Uint8Array | undefined {
  const whole = encodeIntegrated(doc, serverVector);
  const ours = Y.snapshot(doc).ds;
  const structs = whole.subarray(0, whole.byteLength - encodeDeletes(ours.clients).byteLength);
  const theirs = Y.decodeUpdate(serverUpdate).ds;
  const missing = new Map<number, Range[]>();
  for (const [client, ranges] of ours.clients) {
    const left = subtract(normalized(ranges), normalized(theirs.clients.get(client) ?? []));
    if (left.length > 0) missing.set(client, left);
  }
  const hasStructs = !(structs.byteLength === 1 && structs[0] === 0);
  if (!hasStructs && missing.size === 0) return undefined;
  const deletes = encodeDeletes(missing);
  const update = new Uint8Array(structs.byteLength + deletes.byteLength);
  update.set(structs);
  update.set(deletes, structs.byteLength);
  return update;
}

/** As Yjs does, without what is pending. */
function encodeIntegrated(doc: Y.Doc, vector: Uint8Array): Uint8Array {
  const { store } = doc;
  const { pendingStructs, pendingDs } = store;
  store.pendingStructs = null;
  store.pendingDs = null;
  try {
    return Y.encodeStateAsUpdate(doc, vector);
  } finally {
    store.pendingStructs = pendingStructs;
    store.pendingDs = pendingDs;
  }
}
