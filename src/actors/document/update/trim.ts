/**
 * Cuts what a document already has off an admitted update.
 *
 * Yjs would skip known structs too, but where one runs on into new clocks it mixes the update's idea of the position with
 * its own, and throws or corrupts when the two differ. After the cut the new part names the document's own last struct as
 * its origin. Known deletions are left out because Yjs would look each of them up.
 */
import * as encoding from 'lib0/encoding';
import { diffUpdate, encodeStateVector } from 'yjs';
import type { UpdateBase } from './base.ts';
import type { ScanSuccess } from './scan.ts';

/**
 * @param update the update, whose scan is given
 * @returns a v1 update without the structs and deletions that the scan has left out; the update itself if there are none
 */
export function withoutKnown(update: Uint8Array, scan: ScanSuccess): Uint8Array {
  if (!scan.isReduced) return update;
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, scan.blocks.length);
  for (const { client, from, structs, start, end } of scan.blocks) {
    encoding.writeVarUint(encoder, structs);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, from);
    encoding.writeUint8Array(encoder, update.subarray(start, end));
  }
  writeDeletes(encoder, scan.deletes);
  return encoding.toUint8Array(encoder);
}

/**
 * @param update the admitted update without what the scan has left out, and the scan
 * @returns a new v1 update with the same effect on the document, without structs below its clocks
 */
export function trimKnown(update: Uint8Array, scan: ScanSuccess, base: UpdateBase): Uint8Array {
  const known = new Map(scan.blocks.map(({ client }) => [client, base.clockOf(client)]));
  if (scan.blocks.every(({ client, from }) => from >= (known.get(client) ?? 0))) return update;
  return diffUpdate(update, encodeStateVector(known));
}

/** @param deletes three numbers a range, those of a client together */
function writeDeletes(encoder: encoding.Encoder, deletes: readonly number[]): void {
  const clients: { client: number; first: number; ranges: number }[] = [];
  for (let at = 0; at < deletes.length; at += 3) {
    const client = deletes[at] as number;
    const last = clients.at(-1);
    if (last?.client === client) last.ranges += 1;
    else clients.push({ client, first: at, ranges: 1 });
  }
  encoding.writeVarUint(encoder, clients.length);
  for (const { client, first, ranges } of clients) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, ranges);
    for (let at = first; at < first + ranges * 3; at += 3) {
      encoding.writeVarUint(encoder, deletes[at + 1] as number);
      encoding.writeVarUint(encoder, deletes[at + 2] as number);
    }
  }
}
