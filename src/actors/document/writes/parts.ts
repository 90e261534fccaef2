/**
 * Cuts an update into parts that are applied one after the other with a rest between them: Yjs takes most of a second for
 * ten thousand blocks, and other documents of the node would wait for all of it (I10). Knows Yjs's encoding, not drafts.
 *
 * Invariant: whoever applies all parts in order has what the update says; each part can be applied after those before it.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Structs that one part adds: some milliseconds. */
const STRUCTS_A_PART = 1_000;
/** Structs that one part deletes: each that Yjs then merges with its neighbour moves all that come after it. */
const DELETED_A_PART = 200;

/** Clocks at which the structs of each client begin, as they were before the update. */
export type Beginnings = ReadonlyMap<number, Float64Array>;

export function beginningsOf(doc: Y.Doc): Beginnings {
  const clients = [...doc.store.clients].map(([client, structs]): [number, Float64Array] => [
    client,
    Float64Array.from(structs, ({ id }) => id.clock),
  ]);
  return new Map(clients);
}

/** The update itself if it is small. What it adds must be of one client. */
export function partsOf(update: Uint8Array, beginnings: Beginnings): Uint8Array[] {
  const { structs, ds } = Y.decodeUpdate(update);
  const deletions = [...ds.clients].flatMap(([client, ranges]) =>
    ranges.flatMap(({ clock, len }) => cut(client, clock, clock + len, beginnings.get(client))),
  );
  const deleted = deletions.reduce((sum, piece) => sum + piece.structs, 0);
  if (structs.length <= STRUCTS_A_PART && deleted <= DELETED_A_PART) return [update];
  const parts: Uint8Array[] = [];
  for (let from = 0; from < structs.length; from += STRUCTS_A_PART)
    parts.push(adding(structs.slice(from, from + STRUCTS_A_PART)));
  // From the last one back: children came after their parents, and go before them.
  for (const pieces of inParts(deletions.reverse())) parts.push(deleting(pieces));
  return parts;
}

interface Piece {
  readonly client: number;
  readonly from: number;
  readonly to: number;
  readonly structs: number;
}

/** Cuts a range where structs begin. */
function cut(client: number, from: number, to: number, beginnings: Float64Array = new Float64Array()): Piece[] {
  const pieces: Piece[] = [];
  let start = from;
  for (let index = firstAbove(beginnings, from); start < to; index += DELETED_A_PART) {
    const end = Math.min(to, beginnings[index + DELETED_A_PART - 1] ?? to);
    const structs = Math.min(DELETED_A_PART, Math.max(1, firstAbove(beginnings, end - 1) - index + 1));
    pieces.push({ client, from: start, to: end, structs });
    start = end;
  }
  return pieces;
}

/** Index of the first number above a bound. */
function firstAbove(numbers: Float64Array, bound: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

function inParts(pieces: readonly Piece[]): Piece[][] {
  const parts: Piece[][] = [];
  let structs = DELETED_A_PART;
  for (const piece of pieces) {
    structs += piece.structs;
    if (structs > DELETED_A_PART) {
      parts.push([]);
      structs = piece.structs;
    }
    parts.at(-1)!.push(piece);
  }
  return parts;
}

/** Consecutive structs of one client as an update. */
function adding(structs: readonly (Y.Item | Y.GC | Y.Skip)[]): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const { client, clock } = structs[0]!.id;
  encoding.writeVarUint(encoder.restEncoder, 1);
  encoding.writeVarUint(encoder.restEncoder, structs.length);
  encoder.writeClient(client);
  encoding.writeVarUint(encoder.restEncoder, clock);
  for (const struct of structs) struct.write(encoder, 0);
  encoding.writeVarUint(encoder.restEncoder, 0);
  return encoder.toUint8Array();
}

function deleting(pieces: readonly Piece[]): Uint8Array {
  const byClient = new Map<number, Piece[]>();
  for (const piece of pieces) byClient.set(piece.client, [...(byClient.get(piece.client) ?? []), piece]);
  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, 0);
  encoding.writeVarUint(encoder.restEncoder, byClient.size);
  for (const [client, own] of byClient) {
    encoder.resetDsCurVal();
    encoding.writeVarUint(encoder.restEncoder, client);
    encoding.writeVarUint(encoder.restEncoder, own.length);
    for (const { from, to } of own.reverse()) {
      encoder.writeDsClock(from);
      encoder.writeDsLen(to - from);
    }
  }
  return encoder.toUint8Array();
}
