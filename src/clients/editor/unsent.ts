/**
 * What this client has and the server lacks, as one update. The server told its state vector and, in its own update, all
 * that it holds as deleted; Yjs would repeat every deletion of the document, here only the missing ones are sent.
 */
import * as Y from 'yjs';
import { encodeDeletes, normalized, type Range, subtract } from './ranges.ts';

/**
 * @param serverUpdate what the server answered to `open`: it ends with all deletions that the server knows
 * @param serverVector the server's state vector at that moment
 * @returns a v1 update, or undefined when the server lacks nothing
 */
export function unsentUpdate(doc: Y.Doc, serverUpdate: Uint8Array, serverVector: Uint8Array): Uint8Array | undefined {
  const whole = Y.encodeStateAsUpdate(doc, serverVector);
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
