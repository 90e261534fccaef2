/**
 * The strict check of one Yjs v1 update, byte by byte, before anything is built from it (I9, I10). It knows no users, and
 * of the document only what it has already: that is compared and left out, and counts against no limit but the bytes'.
 * All else that only document and user can answer is left to `admitUpdate`.
 *
 * Invariants
 * S1 It never throws, and its time grows with the bytes alone.
 * S2 All bytes are consumed, exactly; that alone refuses the v2 encoding, whose run lengths are unbounded.
 * S3 What Yjs itself writes (single updates, merges, diffs, whole documents) always passes, limits aside.
 * S4 In a scan that is ok every struct is non-empty, blocks and delete ranges are disjoint and in order, and
 *    no struct refers to its own clientID at or after itself (Yjs would throw).
 * S5 What is left out has no effect on the document: structs below its clocks, and deletions of what is deleted.
 */
import type { UpdateBase } from './base.ts';
import { REF_DELETED, REF_GC, REF_SKIP, REF_TYPE, readContent } from './content.ts';
import { Cursor, FAILED, type ScanCode } from './cursor.ts';
import { KnownStructs, type ScannedItem } from './known-structs.ts';
import type { ScanLimits } from './limits.ts';

export type { ScanCode } from './cursor.ts';
export type { ScanLimits } from './limits.ts';

/** The structs of one clientID that are not known: clocks `from` (inclusive) to `to` (exclusive). */
export type UpdateBlock = {
  readonly client: number;
  readonly from: number;
  readonly to: number;
  /** How many structs. */
  readonly structs: number;
  /** Index of the first one in `records`, counted in records. */
  readonly first: number;
  /** Where these structs stand in the update's bytes. */
  readonly start: number;
  readonly end: number;
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
  /** Something was left out that the document has: see `withoutKnown`. */
  readonly isReduced: boolean;
  /** The document has other structs under the same ids. */
  readonly contradicts: boolean;
};

export type ScanFailure = { readonly ok: false; readonly code: ScanCode; readonly detail: string };
export type ScanResult = ScanSuccess | ScanFailure;

/** Yjs 13 draws clientIDs as unsigned 32-bit numbers. */
const MAX_CLIENT_ID = 0xffff_ffff;
const ORIGIN_BIT = 0x80;
const RIGHT_BIT = 0x40;
const KEY_BIT = 0x20;
const REF_BITS = 0x1f;

class Scanner implements ScannedItem {
  readonly cursor: Cursor;
  readonly limits: ScanLimits;
  readonly known: KnownStructs | undefined;
  readonly blocks: UpdateBlock[] = [];
  readonly records: number[] = [];
  readonly deletes: number[] = [];
  structCount = 0;
  deletedLength = 0;
  needsPlaces = false;
  isReduced = false;
  contradicts = false;
  // The item that was read last.
  clock = 0;
  flags = 0;
  hasOrigin = false;
  hasRight = false;
  hasParent = false;
  keyed = false;
  aClient = 0;
  aClock = 0;
  bClient = 0;
  bClock = 0;
  rootFrom = 0;
  rootTo = 0;
  keyFrom = 0;
  keyTo = 0;
  ref = 0;
  contentFrom = 0;
  contentTo = 0;
  units = 0;
  textFrom = 0;

  constructor(bytes: Uint8Array, limits: ScanLimits, base: UpdateBase | undefined) {
    this.cursor = new Cursor(bytes);
    this.limits = limits;
    this.known = base && new KnownStructs(bytes, base);
  }

  /** The whole update. Answers 0 or `FAILED`. */
  run(): number {
    const { cursor, limits } = this;
    if (cursor.end > limits.maxBytes) return cursor.fail('update_limit', 'too many bytes');
    if (this.readBlocks() < 0 || this.readDeletes() < 0) return FAILED;
    return cursor.pos === cursor.end ? 0 : cursor.fail('update_malformed', 'bytes are left over'); // S2
  }

  private readBlocks(): number {
    const { cursor } = this;
    const count = cursor.varUint();
    if (count < 0) return FAILED;
    const clients = new ClientSet();
    // Each takes some bytes: the loop ends with them.
    for (let i = 0; i < count; i++) {
      const structs = cursor.varUint();
      const client = this.client();
      const from = this.clockValue();
      if (structs < 0 || client < 0 || from < 0) return FAILED;
      if (structs === 0) return cursor.fail('update_malformed', 'an empty block');
      if (!clients.add(client)) return cursor.fail('update_malformed', 'two blocks of one client');
      if (this.readBlock(structs, client, from) < 0) return FAILED;
    }
    return 0;
  }

  private readBlock(structs: number, client: number, from: number): number {
    const { cursor, limits } = this;
    const known = this.known?.enter(client) ?? 0;
    const highest = Math.min(limits.maxClock, Math.max(from, known) + limits.maxClockAdvance);
    const first = this.structCount;
    let start = cursor.pos;
    let clock = from;
    let recordedFrom = from;
    for (let i = 0; i < structs; i++) {
      const at = cursor.pos;
      const length = this.readStruct(client, clock);
      if (length < 0) return FAILED;
      const end = clock + length;
      if (end > highest) return cursor.fail('update_limit', 'the clock runs too far');
      if (clock < known) this.compare(Math.min(end, known));
      if (end <= known)
        this.isReduced = true; // S5
      else {
        if (this.structCount === first) {
          if (this.blocks.length === limits.maxClients) return cursor.fail('update_limit', 'too many clients');
          start = at;
          recordedFrom = clock;
        }
        if (this.record() < 0) return FAILED;
      }
      clock = end;
    }
    const recorded = this.structCount - first;
    if (recorded > 0) {
      this.blocks.push({ client, from: recordedFrom, to: clock, structs: recorded, first, start, end: cursor.pos });
    }
    return 0;
  }

  private compare(to: number): void {
    if (this.contradicts || (this.flags & IS_COLLECTED) !== 0) return;
    this.contradicts = !this.known?.agrees(this, to);
  }

  private record(): number {
    if (this.structCount === this.limits.maxStructs) return this.cursor.fail('update_limit', 'too many structs');
    this.structCount++;
    if ((this.flags & (IS_TYPE | IS_LONG)) !== 0) this.needsPlaces = true;
    this.records.push(this.clock, this.flags, this.aClient, this.aClock, this.bClient, this.bClock);
    return 0;
  }

  /** Answers the struct's length in clock units. */
  private readStruct(client: number, clock: number): number {
    const { cursor } = this;
    const info = cursor.byte();
    if (info < 0) return FAILED;
    const ref = info & REF_BITS;
    this.clock = clock;
    this.aClient = 0;
    this.aClock = 0;
    this.bClient = 0;
    this.bClock = 0;
    if (ref === REF_GC) {
      if (info !== 0) return cursor.fail('update_malformed', 'unknown struct');
      this.flags = IS_COLLECTED;
      const length = cursor.varUint();
      return length === 0 ? cursor.fail('update_malformed', 'an empty struct') : length;
    }
    if (ref === REF_SKIP) return cursor.fail('update_unsupported', 'the update has gaps');
    this.ref = ref;
    this.flags = ref === REF_TYPE ? IS_TYPE : 0;
    this.hasOrigin = (info & ORIGIN_BIT) !== 0;
    this.hasRight = (info & RIGHT_BIT) !== 0;
    this.hasParent = false;
    this.keyed = false;
    if (this.hasOrigin) {
      this.flags |= HAS_ORIGIN;
      this.aClient = this.client();
      this.aClock = this.clockValue();
    }
    if (this.hasRight) {
      this.flags |= HAS_RIGHT;
      this.bClient = this.client();
      this.bClock = this.clockValue();
    }
    if (this.aClock < 0 || this.bClock < 0 || this.aClient < 0 || this.bClient < 0) return FAILED;
    if (!this.hasOrigin && !this.hasRight && this.readPlace((info & KEY_BIT) !== 0) < 0) return FAILED;
    // S4
    const { flags, aClient, aClock, bClient, bClock } = this;
    if ((flags & (HAS_ORIGIN | HAS_PARENT)) !== 0 && aClient === client && aClock >= clock) return this.own();
    if ((flags & HAS_RIGHT) !== 0 && bClient === client && bClock >= clock) return this.own();
    this.contentFrom = cursor.pos;
    const length = readContent(cursor, ref, this.limits.maxValueDepth);
    this.contentTo = cursor.pos;
    this.units = length;
    // Of a string the last one read is its text.
    this.textFrom = cursor.stringStart;
    if (length > 1 && ref !== REF_DELETED) this.flags |= IS_LONG;
    return length;
  }

  /** Where an item without neighbours stands: its parent, and maybe its key. Answers 0 or `FAILED`. */
  private readPlace(keyed: boolean): number {
    const { cursor } = this;
    const named = cursor.varUint();
    if (named === 1) {
      if (cursor.key() < 0) return FAILED;
      this.rootFrom = cursor.stringStart;
      this.rootTo = cursor.pos;
    } else if (named === 0) {
      this.flags |= HAS_PARENT;
      this.hasParent = true;
      this.aClient = this.client();
      this.aClock = this.clockValue();
      if (this.aClient < 0 || this.aClock < 0) return FAILED;
    } else return named < 0 ? FAILED : cursor.fail('update_malformed', 'unknown parent');
    // With an origin the key is the origin's: the bit is set and no key follows.
    if (!keyed) return 0;
    this.flags |= IS_KEYED;
    this.keyed = true;
    if (cursor.key() < 0) return FAILED;
    this.keyFrom = cursor.stringStart;
    this.keyTo = cursor.pos;
    return 0;
  }

  private own(): number {
    return this.cursor.fail('update_malformed', 'a struct refers to itself or later');
  }

  /** Yjs walks the structs below each range, so overlapping ranges would cost their product. */
  private readDeletes(): number {
    const { cursor, limits, deletes } = this;
    const count = cursor.varUint();
    if (count < 0) return FAILED;
    const clients = new ClientSet();
    for (let i = 0; i < count; i++) {
      const client = this.client();
      const ranges = cursor.varUint();
      if (client < 0 || ranges < 0) return FAILED;
      if (!clients.add(client)) return cursor.fail('update_malformed', 'two delete lists of one client');
      if (ranges === 0) return cursor.fail('update_malformed', 'an empty delete list');
      const known = this.known?.enter(client) ?? 0;
      let free = 0;
      for (let j = 0; j < ranges; j++) {
        const clock = this.clockValue();
        const length = cursor.varUint();
        if (clock < 0 || length < 0) return FAILED;
        if (length === 0) return cursor.fail('update_malformed', 'an empty delete range');
        if (clock < free) return cursor.fail('update_malformed', 'delete ranges overlap or are out of order');
        free = clock + length;
        if (free > limits.maxClock) return cursor.fail('update_limit', 'the clock runs too far');
        if (free <= known && this.known?.areDeleted(clock, free)) {
          this.isReduced = true; // S5
          continue;
        }
        if (deletes.length === limits.maxDeleteRanges * 3) {
          return cursor.fail('update_limit', 'too many delete ranges');
        }
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

  private clockValue(): number {
    const clock = this.cursor.varUint();
    return clock > this.limits.maxClock ? this.cursor.fail('update_limit', 'the clock runs too far') : clock;
  }
}

/** Finds repeated clientIDs. Yjs writes them in descending order, which needs no memory; others are remembered. */
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
 * @param base the document that it is for; left out: nothing is known
 * @returns the blocks, struct records and delete ranges that are not known, or one of
 *   `update_malformed` (not a v1 update that Yjs would write), `update_limit` (larger than allowed),
 *   `update_unsupported` (valid in Yjs, not accepted here: gaps, subdocuments, `__proto__` keys, huge clientIDs).
 *   `detail` is a constant text without the update's content: it may be logged and shown.
 */
export function scanUpdate(bytes: Uint8Array, limits: ScanLimits, base?: UpdateBase): ScanResult {
  const scanner = new Scanner(bytes, limits, base);
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
    isReduced: scanner.isReduced,
    contradicts: scanner.contradicts,
  };
}
