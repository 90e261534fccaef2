/**
 * The state of a draft as a Yjs v1 update, encoded a few milliseconds at a time so that a large one holds up nobody (I10),
 * and kept by client so that any part of it can be sent without being encoded again. Knows Yjs's struct store and nothing
 * of who wants the state.
 *
 * E1 The draft may change between two turns. Each client's structs are taken up to where they are when its last turn ends:
 *    every update is in it wholly or not at all, and one that came after the beginning may be in it.
 * E2 Deletions are found on the way: all that were there at the beginning are in it, later ones may be.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** A place inside the encoded structs of a client at which a struct begins. */
interface Checkpoint {
  readonly clock: number;
  /** Structs and bytes before it. */
  readonly structs: number;
  readonly offset: number;
}

export interface EncodedClient {
  /** Clocks from 0 to this, exclusive. */
  readonly to: number;
  readonly structs: number;
  readonly bytes: Uint8Array;
  /** Ascending; the first one is the beginning. */
  readonly checkpoints: readonly Checkpoint[];
}

export interface EncodedState {
  readonly clients: ReadonlyMap<number, EncodedClient>;
  /** By client: clock and length of each deleted range, ascending. */
  readonly deletes: ReadonlyMap<number, number[]>;
  readonly byteLength: number;
}

const CHECKPOINT_BYTES = 65_536;
/** One turn of the event loop. */
const TURN_MS = 4;
/** Structs between two checks of the clock. */
const STRIDE = 64;

/**
 * @param nextTurn resolves in another turn of the event loop, with false when the state is not wanted any more
 * @returns undefined when it was not wanted any more
 */
export async function encodeState(doc: Y.Doc, nextTurn: () => Promise<boolean>): Promise<EncodedState | undefined> {
  const clients = new Map<number, EncodedClient>();
  const deletes = new Map<number, number[]>();
  let byteLength = 0;
  let turnEndsMs = performance.now() + TURN_MS;
  for (const client of [...doc.store.clients.keys()]) {
    const encoder = new Y.UpdateEncoderV1();
    const checkpoints: Checkpoint[] = [{ clock: 0, structs: 0, offset: 0 }];
    const ranges: number[] = [];
    let clock = 0;
    let structs = 0;
    for (;;) {
      const store = doc.store.clients.get(client);
      if (!store) break;
      let at = clock === 0 ? 0 : indexAt(store, clock);
      for (; at < store.length; at += 1) {
        if (structs % STRIDE === 0 && performance.now() > turnEndsMs) break;
        const struct = store[at]!;
        // It may have grown at its end since the last turn: then only what is new of it is left.
        const known = clock - struct.id.clock;
        struct.write(encoder, known);
        const length = struct.length - known;
        if (struct.deleted) addRange(ranges, clock, length);
        clock += length;
        structs += 1;
        if (structs % STRIDE === 0) noteCheckpoint(checkpoints, clock, structs, encoding.length(encoder.restEncoder));
      }
      if (at === store.length) break; // E1
      if (!(await nextTurn())) return undefined;
      turnEndsMs = performance.now() + TURN_MS;
    }
    const bytes = encoding.toUint8Array(encoder.restEncoder);
    clients.set(client, { to: clock, structs, bytes, checkpoints });
    if (ranges.length > 0) deletes.set(client, ranges);
    byteLength += bytes.byteLength + ranges.length;
  }
  return { clients, deletes, byteLength };
}

/** The struct that holds a clock, or the end. */
function indexAt(store: (Y.Item | Y.GC)[], clock: number): number {
  const last = store.at(-1)!;
  return clock >= last.id.clock + last.length ? store.length : Y.findIndexSS(store, clock);
}

function noteCheckpoint(checkpoints: Checkpoint[], clock: number, structs: number, offset: number): void {
  if (offset - checkpoints.at(-1)!.offset >= CHECKPOINT_BYTES) checkpoints.push({ clock, structs, offset });
}

/** Adds a range behind all others. */
function addRange(ranges: number[], clock: number, length: number): void {
  const last = ranges.length - 2;
  if (last >= 0 && ranges[last]! + ranges[last + 1]! === clock) ranges[last + 1]! += length;
  else ranges.push(clock, length);
}
