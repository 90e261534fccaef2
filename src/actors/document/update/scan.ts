/**
 * The strict check of one Yjs v1 update, byte by byte, before anything is built from it (I9, I10).
 * It does not know documents or users: what only they can answer is left to `admitUpdate`.
 *
 * Invariants
 * S1 It never throws, and its time grows with the bytes alone.
 * S2 All bytes are consumed, exactly; that alone refuses the v2 encoding, whose run lengths are unbounded.
 * S3 What Yjs itself writes (single updates, merges, diffs, whole documents) always passes, limits aside.
 * S4 In a scan that is ok every struct is non-empty, blocks and delete ranges are disjoint and in order, and
 *    no struct refers to its own clientID at or after itself (Yjs would throw).
 */
import { REF_DELETED, REF_GC, REF_SKIP, REF_TYPE, readContent } from './content.ts';
import { Cursor, FAILED, type ScanCode } from './cursor.ts';
import type { ScanLimits } from './limits.ts';

export type { ScanCode } from './cursor.ts';
export type { ScanLimits } from './limits.ts';

/** The structs of one clientID: clocks `from` (inclusive) to `to` (exclusive). */
export type UpdateBlock = {
  readonly client: number;
  readonly from: number;
  readonly to: number;
  /** How many structs. */
  readonly structs: number;
  /** Index of the first one in `records`, counted in records. */
  readonly first: number;
};

/** Numbers in `records` for each struct: clock, flags, client and clock of anchor A, client and clock of anchor B. */
export const RECORD_SIZE = 6;
/** Anchor A is the item to the left when this was written. */
export const HAS_ORIGIN = 1;
/** Anchor B is the item to the right when this was written. */
export const HAS_RIGHT = 2;
/** Anchor A is the item that holds the parent type. */
export const HAS_PARENT = 4;
/** The struct names a key of its parent (a map entry). */
export const IS_KEYED = 8;
/** The struct holds a shared type. */
export const IS_TYPE = 16;
/** Visible content of more than one clock unit. */
export const IS_LONG = 32;
/** Collected content: no place, no references. */
export const IS_COLLECTED = 64;

/** How much an update adds and deletes. */
export type UpdateWeight = {
  readonly structCount: number;
  readonly deleteRanges: number;
  /** Sum of the lengths of the delete ranges, in clock units. */
  readonly deletedLength: number;
};

export type ScanSuccess = UpdateWeight & {
  readonly ok: true;
  /** In the order of the update. */
  readonly blocks: readonly UpdateBlock[];
  /** Every struct in order, `RECORD_SIZE` numbers each: what is needed to check it against a document. */
  readonly records: readonly number[];
  /** Every delete range, three numbers each: client, clock, length. */
  readonly deletes: readonly number[];
  /** Whether admission depends on where structs go (nesting of types, map entries). */
  readonly needsPlaces: boolean;
};

export type ScanFailure = { readonly ok: false; readonly code: ScanCode; readonly detail: string };
export type ScanResult = ScanSuccess | ScanFailure;

/** Yjs 13 draws clientIDs as unsigned 32-bit numbers. */
const MAX_CLIENT_ID = 0xffff_ffff;
const ORIGIN_BIT = 0x80;
const RIGHT_BIT = 0x40;
const KEY_BIT = 0x20;
const REF_BITS = 0x1f;

class Scanner {
  readonly cursor: Cursor;
  readonly limits: ScanLimits;
  readonly blocks: UpdateBlock[] = [];
  readonly records: number[] = [];
  readonly deletes: number[] = [];
  structCount = 0;
  deletedLength = 0;
  needsPlaces = false;

  constructor(bytes: Uint8Array, limits: ScanLimits) {
    this.cursor = new Cursor(bytes);
    this.limits = limits;
  }

  /** The whole update. Answers 0 or `FAILED`. */
  run(): number {
    const { cursor, limits } = this;
    if (cursor.end > limits.maxBytes) return cursor.fail('update_limit', 'too many bytes');
    if (this.readBlocks() < 0 || this.readDeletes() < 0) return FAILED;
    return cursor.pos === cursor.end ? 0 : cursor.fail('update_malformed', 'bytes are left over'); // S2
  }

  private readBlocks(): number {
    const { cursor, limits } = this;
    const count = cursor.varUint();
    if (count < 0) return FAILED;
    if (count > limits.maxClients) return cursor.fail('update_limit', 'too many clients');
    const clients = new ClientSet();
    for (let i = 0; i < count; i++) {
      const structs = cursor.varUint();
      const client = this.client();
      const from = this.clock();
      if (structs < 0 || client < 0 || from < 0) return FAILED;
      if (structs === 0) return cursor.fail('update_malformed', 'an empty block');
      if (!clients.add(client)) return cursor.fail('update_malformed', 'two blocks of one client');
      if (this.structCount + structs > limits.maxStructs) return cursor.fail('update_limit', 'too many structs');
      const first = this.structCount;
      this.structCount += structs;
      const to = this.readStructs(structs, client, from);
      if (to < 0) return FAILED;
      this.blocks.push({ client, from, to, structs, first });
    }
    return 0;
  }

  /** Answers the clock after the last struct. */
  private readStructs(structs: number, client: number, from: number): number {
    const { cursor } = this;
    const highest = Math.min(this.limits.maxClock, from + this.limits.maxClockAdvance);
    let clock = from;
    for (let i = 0; i < structs; i++) {
      const length = this.readStruct(client, clock);
      if (length < 0) return FAILED;
      clock += length;
      if (clock > highest) return cursor.fail('update_limit', 'the clock runs too far');
    }
    return clock;
  }

  /** Answers the struct's length in clock units. */
  private readStruct(client: number, clock: number): number {
    const { cursor, records } = this;
    const info = cursor.byte();
    if (info < 0) return FAILED;
    const ref = info & REF_BITS;
    if (ref === REF_GC) {
      if (info !== 0) return cursor.fail('update_malformed', 'unknown struct');
      records.push(clock, IS_COLLECTED, 0, 0, 0, 0);
      const length = cursor.varUint();
      return length === 0 ? cursor.fail('update_malformed', 'an empty struct') : length;
    }
    if (ref === REF_SKIP) return cursor.fail('update_unsupported', 'the update has gaps');
    let flags = ref === REF_TYPE ? IS_TYPE : 0;
    let aClient = 0;
    let aClock = 0;
    let bClient = 0;
    let bClock = 0;
    if ((info & ORIGIN_BIT) !== 0) {
      flags |= HAS_ORIGIN;
      aClient = this.client();
      aClock = this.clock();
    }
    if ((info & RIGHT_BIT) !== 0) {
      flags |= HAS_RIGHT;
      bClient = this.client();
      bClock = this.clock();
    }
    if (aClock < 0 || bClock < 0 || aClient < 0 || bClient < 0) return FAILED;
    if ((info & (ORIGIN_BIT | RIGHT_BIT)) === 0) {
      const named = cursor.varUint();
      if (named === 1) {
        if (cursor.key() < 0) return FAILED;
      } else if (named === 0) {
        flags |= HAS_PARENT;
        aClient = this.client();
        aClock = this.clock();
        if (aClient < 0 || aClock < 0) return FAILED;
      } else return named < 0 ? FAILED : cursor.fail('update_malformed', 'unknown parent');
      // With an origin the key is the origin's: the bit is set and no key follows.
      if ((info & KEY_BIT) !== 0) {
        flags |= IS_KEYED;
        if (cursor.key() < 0) return FAILED;
      }
    }
    // S4
    if ((flags & (HAS_ORIGIN | HAS_PARENT)) !== 0 && aClient === client && aClock >= clock) return this.own();
    if ((flags & HAS_RIGHT) !== 0 && bClient === client && bClock >= clock) return this.own();
    const length = readContent(cursor, ref, this.limits.maxValueDepth);
    if (length > 1 && ref !== REF_DELETED) flags |= IS_LONG;
    if ((flags & (IS_TYPE | IS_LONG)) !== 0) this.needsPlaces = true;
    records.push(clock, flags, aClient, aClock, bClient, bClock);
    return length;
  }

  private own(): number {
    return this.cursor.fail('update_malformed', 'a struct refers to itself or later');
  }

  /** Yjs walks the structs below each range, so overlapping ranges would cost their product. */
  private readDeletes(): number {
    const { cursor, limits, deletes } = this;
    const count = cursor.varUint();
    if (count < 0) return FAILED;
    if (count > limits.maxDeleteRanges) return cursor.fail('update_limit', 'too many delete ranges');
    const clients = new ClientSet();
    for (let i = 0; i < count; i++) {
      const client = this.client();
      const ranges = cursor.varUint();
      if (client < 0 || ranges < 0) return FAILED;
      if (!clients.add(client)) return cursor.fail('update_malformed', 'two delete lists of one client');
      if (ranges === 0) return cursor.fail('update_malformed', 'an empty delete list');
      if (deletes.length / 3 + ranges > limits.maxDeleteRanges)
        return cursor.fail('update_limit', 'too many delete ranges');
      let free = 0;
      for (let j = 0; j < ranges; j++) {
        const clock = this.clock();
        const length = cursor.varUint();
        if (clock < 0 || length < 0) return FAILED;
        if (length === 0) return cursor.fail('update_malformed', 'an empty delete range');
        if (clock < free) return cursor.fail('update_malformed', 'delete ranges overlap or are out of order');
        free = clock + length;
        if (free > limits.maxClock) return cursor.fail('update_limit', 'the clock runs too far');
        this.deletedLength += length;
        deletes.push(client, clock, length);
      }
    }
    return 0;
  }

  private client(): number {
    const client = this.cursor.varUint();
    return client > MAX_CLIENT_ID ? this.cursor.fail('update_unsupported', 'a clientID above 32 bits') : client;
  }

  private clock(): number {
    const clock = this.cursor.varUint();
    return clock > this.limits.maxClock ? this.cursor.fail('update_limit', 'the clock runs too far') : clock;
  }
}

/** Tells repeated clientIDs. Yjs writes them in descending order, which needs no memory; others are remembered. */
class ClientSet {
  private lowest = Number.POSITIVE_INFINITY;
  private descending: number[] = [];
  private seen: Set<number> | undefined;

  /** False when the client was added before. */
  add(client: number): boolean {
    if (this.seen === undefined) {
      if (client < this.lowest) {
        this.lowest = client;
        this.descending.push(client);
        return true;
      }
      this.seen = new Set(this.descending);
    }
    if (this.seen.has(client)) return false;
    this.seen.add(client);
    return true;
  }
}

/**
 * Checks the encoded update and says what it holds.
 * @param bytes one Yjs v1 update; not kept, not changed
 * @param limits see `DEFAULT_SCAN_LIMITS`
 * @returns the blocks, struct records and delete ranges, or one of
 *   `update_malformed` (not a v1 update that Yjs would write), `update_limit` (larger than allowed),
 *   `update_unsupported` (valid in Yjs, not accepted here: gaps, subdocuments, `__proto__` keys, huge clientIDs).
 *   `detail` is a constant text without the update's content: it may be logged and shown.
 */
export function scanUpdate(bytes: Uint8Array, limits: ScanLimits): ScanResult {
  const scanner = new Scanner(bytes, limits);
  if (scanner.run() < 0) return { ok: false, code: scanner.cursor.code, detail: scanner.cursor.detail };
  return {
    ok: true,
    blocks: scanner.blocks,
    records: scanner.records,
    deletes: scanner.deletes,
    structCount: scanner.structCount,
    deleteRanges: scanner.deletes.length / 3,
    deletedLength: scanner.deletedLength,
    needsPlaces: scanner.needsPlaces,
  };
}
