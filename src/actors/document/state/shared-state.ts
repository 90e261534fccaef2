/**
 * The state of a large draft, encoded once and shared by all openers: the last encoding, and what was applied since. An
 * answer is built of pieces of both, in time that grows with the number of clients and not with the text (I10).
 *
 * I7: an answer has everything that was applied before the request, and may have some that its reader has already.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Rope } from '../../../lib/msgpack/rope.ts';
import type { ScanLimits } from '../update/limits.ts';
import { scanUpdate } from '../update/scan.ts';
import { type EncodedClient, type EncodedState, encodeState } from './encode.ts';
import { RopeBuilder } from './rope-builder.ts';

/** What was applied after the state was encoded, of one client. */
interface Tail {
  readonly from: number;
  to: number;
  structs: number;
  readonly pieces: Uint8Array[];
}

/** Deleted ranges of one client, ascending, and their encoded form while it is up to date. */
interface Deletes {
  ranges: number[];
  bytes: Uint8Array | undefined;
}

interface Ready {
  readonly base: EncodedState;
  readonly tails: Map<number, Tail>;
  readonly deletes: Map<number, Deletes>;
  /** Client ids as Yjs writes them, descending; undefined when there are new ones. */
  order: number[] | undefined;
  tailBytes: number;
}

/** The tail may grow to this part of the state, or so many bytes if that is more, before all is encoded again. */
const TAIL_SHARE = 1 / 8;
const TAIL_BYTES = 262_144;
/** Up to so many structs are encoded for each opener exactly. */
const EXACT_STRUCTS = 256;
/** What Yjs itself emitted is read back whatever its size. */
const NO_LIMITS: ScanLimits = {
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxStructs: Number.MAX_SAFE_INTEGER,
  maxClients: Number.MAX_SAFE_INTEGER,
  maxDeleteRanges: Number.MAX_SAFE_INTEGER,
  maxClock: Number.MAX_SAFE_INTEGER,
  maxClockAdvance: Number.MAX_SAFE_INTEGER,
  maxValueDepth: 1_000,
};

export class SharedState {
  readonly #doc: Y.Doc;
  readonly #nextTurn: () => Promise<boolean>;
  #ready: Ready | undefined;
  #encoding: Promise<void> | undefined;
  /** Applied since the running encoding began. */
  #since: Uint8Array[] = [];

  /** @param nextTurn see `encodeState`; also waits while the draft is not whole */
  constructor(doc: Y.Doc, nextTurn: () => Promise<boolean>) {
    this.#doc = doc;
    this.#nextTurn = nextTurn;
  }

  get isReady(): boolean {
    return this.#ready !== undefined;
  }

  /** Encodes the state if it has to be; shared by all that wait. It may still not be ready, when the draft's life ended. */
  async prepare(): Promise<void> {
    if (!this.#ready) await this.#encode();
  }

  /** Notes what was applied to the draft. */
  append(update: Uint8Array): void {
    if (this.#encoding) this.#since.push(update);
    const ready = this.#ready;
    if (!ready) return;
    if (!fold(ready, update)) this.#ready = undefined;
    else if (ready.tailBytes > Math.max(TAIL_BYTES, ready.base.byteLength * TAIL_SHARE)) {
      // The next request gets the error.
      this.#encode().catch(() => undefined);
    }
  }

  /** The updates that these clocks lack. Only when the encoding is ready, and no change is half applied. */
  diff(known: ReadonlyMap<number, number>): Rope {
    const ready = this.#ready!;
    const { base, tails, deletes } = ready;
    ready.order ??= [...new Set([...base.clients.keys(), ...tails.keys()])].sort((a, b) => b - a);
    const lacking = ready.order.filter((client) => (known.get(client) ?? 0) < endOf(ready, client));
    const rope = new RopeBuilder();
    rope.varUint(lacking.length);
    let exact = EXACT_STRUCTS;
    for (const client of lacking) {
      const from = known.get(client) ?? 0;
      const store = this.#doc.store.clients.get(client)!;
      const first = from === 0 ? 0 : Y.findIndexSS(store, from);
      if (from > 0 && store.length - first <= exact) {
        exact -= store.length - first;
        writeExactly(rope, client, from, store, first);
      } else writeShared(rope, client, from, base.clients.get(client), tails.get(client));
    }
    rope.varUint(deletes.size);
    for (const [client, each] of deletes) {
      rope.varUint(client);
      each.bytes ??= encodeRanges(each);
      rope.append(each.bytes);
    }
    return rope.finish();
  }

  #encode(): Promise<void> {
    this.#encoding ??= this.#run().finally(() => {
      this.#encoding = undefined;
    });
    return this.#encoding;
  }

  async #run(): Promise<void> {
    this.#since = [];
    if (!(await this.#nextTurn())) return;
    const base = await encodeState(this.#doc, this.#nextTurn);
    const since = this.#since;
    this.#since = [];
    if (!base) return;
    const deletes = new Map([...base.deletes].map(([client, ranges]) => [client, { ranges, bytes: undefined }]));
    const ready: Ready = { base, tails: new Map(), deletes, order: undefined, tailBytes: 0 };
    this.#ready = since.every((update) => fold(ready, update)) ? ready : undefined;
  }
}

function endOf({ base, tails }: Ready, client: number): number {
  return tails.get(client)?.to ?? base.clients.get(client)?.to ?? 0;
}

/** Adds an update behind what is there. @returns false if it does not fit: then all has to be encoded again */
function fold(ready: Ready, update: Uint8Array): boolean {
  const scan = scanUpdate(update, NO_LIMITS);
  if (!scan.ok) return false;
  for (const { client, from, to, structs, start, end } of scan.blocks) {
    const known = endOf(ready, client);
    if (to <= known) continue; // E1: it came while the state was encoded, and is in it
    if (from !== known) return false;
    const tail = ready.tails.get(client);
    if (tail) {
      tail.to = to;
      tail.structs += structs;
      tail.pieces.push(update.subarray(start, end));
    } else {
      ready.tails.set(client, { from, to, structs, pieces: [update.subarray(start, end)] });
      if (!ready.base.clients.has(client)) ready.order = undefined;
    }
  }
  const { deletes } = scan;
  for (let at = 0; at < deletes.length; at += 3) {
    const client = deletes[at]!;
    const entry = ready.deletes.get(client) ?? { ranges: [], bytes: undefined };
    ready.deletes.set(client, entry);
    entry.ranges.push(deletes[at + 1]!, deletes[at + 2]!);
    entry.bytes = undefined;
  }
  ready.tailBytes += update.byteLength;
  return true;
}

/** From the clock on, as Yjs does it. */
function writeExactly(rope: RopeBuilder, client: number, from: number, store: (Y.Item | Y.GC)[], first: number): void {
  rope.varUint(store.length - first);
  rope.varUint(client);
  rope.varUint(from);
  const encoder = new Y.UpdateEncoderV1();
  for (let at = first; at < store.length; at += 1) {
    const struct = store[at]!;
    struct.write(encoder, at === first ? from - struct.id.clock : 0);
  }
  rope.append(encoding.toUint8Array(encoder.restEncoder));
}

/** From some clock at or below `from`, at which what is encoded can be cut. */
function writeShared(
  rope: RopeBuilder,
  client: number,
  from: number,
  base: EncodedClient | undefined,
  tail: Tail | undefined,
): void {
  const inBase = base !== undefined && from < base.to;
  const cut = inBase ? base.checkpoints.findLast(({ clock }) => clock <= from)! : undefined;
  rope.varUint((cut ? base!.structs - cut.structs : 0) + (tail?.structs ?? 0));
  rope.varUint(client);
  rope.varUint(cut ? cut.clock : (tail?.from ?? 0));
  if (cut) rope.append(base!.bytes.subarray(cut.offset));
  for (const piece of tail?.pieces ?? []) rope.append(piece);
}

/** Sorts and joins the ranges, and encodes their number and each of them. */
function encodeRanges(deletes: Deletes): Uint8Array {
  const pairs: [number, number][] = [];
  for (let at = 0; at < deletes.ranges.length; at += 2) pairs.push([deletes.ranges[at]!, deletes.ranges[at + 1]!]);
  pairs.sort(([a], [b]) => a - b);
  const ranges: number[] = [];
  for (const [clock, length] of pairs) {
    const last = ranges.length - 2;
    const free = last >= 0 ? ranges[last]! + ranges[last + 1]! : -1;
    if (last >= 0 && clock <= free) ranges[last + 1] = Math.max(free, clock + length) - ranges[last]!;
    else ranges.push(clock, length);
  }
  deletes.ranges = ranges;
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, ranges.length / 2);
  for (const number of ranges) encoding.writeVarUint(encoder, number);
  return encoding.toUint8Array(encoder);
}
