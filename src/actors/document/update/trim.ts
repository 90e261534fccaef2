/**
 * Cuts what a document already has off an admitted update.
 *
 * Yjs would skip the known part too, but where a known struct runs on into new clocks it mixes the update's
 * idea of the position with its own, and throws or corrupts when the two differ. After the cut the new part
 * names the document's own last struct as its origin.
 */
import { diffUpdate, encodeStateVector } from 'yjs';
import type { UpdateBase } from './base.ts';
import type { ScanSuccess } from './scan.ts';

/**
 * @param update the admitted update, whose scan is given
 * @returns a new v1 update with the same effect on the document, without structs below its clocks
 */
export function trimKnown(update: Uint8Array, scan: ScanSuccess, base: UpdateBase): Uint8Array {
  const known = new Map(scan.blocks.map(({ client }) => [client, base.clockOf(client)]));
  return diffUpdate(update, encodeStateVector(known));
}
