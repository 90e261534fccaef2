/**
 * Walks the structs of a scanned update in an order in which Yjs could integrate them, and works out where each goes.
 * It knows the rules of Yjs's integration; it changes nothing and knows no users.
 *
 * Invariants
 * O1 It ends: each struct is passed once, and each wait is either met or a circle.
 * O2 A circle is refused: Yjs would keep both structs as pending for ever.
 * O3 A map entry of more than one unit is refused unless the update deletes all of it (Yjs joins deleted entries that an
 *    undo manager keeps): a part of it could be deleted, and Yjs would throw when it collects the map later.
 */
import { COLLECTED, depthOf, isKeyed, packNesting, type UpdateBase } from './base.ts';
import { deletedBy } from './deleted.ts';
import type { AdmitLimits } from './limits.ts';
import {
  HAS_ORIGIN,
  HAS_PARENT,
  HAS_RIGHT,
  IS_COLLECTED,
  IS_KEYED,
  IS_LONG,
  IS_TYPE,
  RECORD_SIZE,
  type ScanSuccess,
} from './scan.ts';

export type WalkFailure = 'circular' | 'too_deep' | 'long_map_entry';

type Progress = {
  readonly client: number;
  /** Clocks below are the document's. */
  readonly known: number;
  readonly to: number;
  readonly first: number;
  /** Index after the last record. */
  readonly last: number;
  /** Index of the next record to pass. */
  next: number;
  waiting: boolean;
};

class Walk {
  private readonly records: readonly number[];
  private readonly base: UpdateBase;
  private readonly maxTypeDepth: number;
  private readonly blocks: Progress[];
  private readonly byClient: Map<number, Progress>;
  private readonly isDeleted: ReturnType<typeof deletedBy>;
  /** Place of each passed record. */
  private readonly places: Int32Array;

  constructor(scan: ScanSuccess, known: readonly number[], base: UpdateBase, limits: AdmitLimits) {
    this.records = scan.records;
    this.base = base;
    this.maxTypeDepth = limits.maxTypeDepth;
    this.blocks = scan.blocks.map((block, i) => ({
      client: block.client,
      known: known[i] as number,
      to: block.to,
      first: block.first,
      last: block.first + block.structs,
      next: block.first,
      waiting: false,
    }));
    this.byClient = new Map(this.blocks.map((block) => [block.client, block]));
    this.isDeleted = deletedBy(scan);
    this.places = new Int32Array(scan.structCount);
  }

  run(): WalkFailure | undefined {
    for (const block of this.blocks) {
      const failure = this.drive(block);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  /** Passes all records of the block, and of others just as far as it depends on them. */
  private drive(start: Progress): WalkFailure | undefined {
    const stack = [{ block: start, upTo: start.to }];
    start.waiting = true;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { block } = top;
      if (this.reached(block) >= top.upTo) {
        block.waiting = false;
        stack.pop();
        continue;
      }
      const missing = this.missing(block);
      if (missing === undefined) {
        const failure = this.pass(block);
        if (failure !== undefined) return failure;
        continue;
      }
      if (missing.block.waiting) return 'circular'; // O2
      missing.block.waiting = true;
      stack.push(missing);
    }
    return undefined;
  }

  /** All clocks below are passed. */
  private reached(block: Progress): number {
    return block.next === block.last ? block.to : this.clockAt(block.next);
  }

  private clockAt(record: number): number {
    return this.records[record * RECORD_SIZE] as number;
  }

  private endOf(block: Progress, record: number): number {
    return record + 1 === block.last ? block.to : this.clockAt(record + 1);
  }

  /** The first thing that the block's next record still waits for. */
  private missing(block: Progress): { block: Progress; upTo: number } | undefined {
    const at = block.next * RECORD_SIZE;
    const flags = this.records[at + 1] as number;
    if ((flags & (HAS_ORIGIN | HAS_PARENT)) !== 0) {
      const wait = this.wait(block, this.records[at + 2] as number, this.records[at + 3] as number);
      if (wait !== undefined) return wait;
    }
    return (flags & HAS_RIGHT) !== 0
      ? this.wait(block, this.records[at + 4] as number, this.records[at + 5] as number)
      : undefined;
  }

  private wait(block: Progress, client: number, clock: number): { block: Progress; upTo: number } | undefined {
    if (client === block.client) return undefined;
    const other = this.byClient.get(client);
    return other === undefined || clock < other.known || clock < this.reached(other)
      ? undefined
      : { block: other, upTo: clock + 1 };
  }

  private pass(block: Progress): WalkFailure | undefined {
    const record = block.next++;
    const end = this.endOf(block, record);
    if (end <= block.known) return undefined;
    const flags = this.records[record * RECORD_SIZE + 1] as number;
    const at = this.placeOfRecord(block, record, flags);
    this.places[record] = at;
    if (at === COLLECTED) return undefined;
    if ((flags & IS_LONG) !== 0 && isKeyed(at)) {
      const from = Math.max(this.clockAt(record), block.known);
      if (end - from > 1 && !this.isDeleted(block.client, from, end)) return 'long_map_entry'; // O3
    }
    if ((flags & IS_TYPE) !== 0 && depthOf(at) >= this.maxTypeDepth) return 'too_deep';
    return undefined;
  }

  private placeOfRecord(block: Progress, record: number, flags: number): number {
    const at = record * RECORD_SIZE;
    const clock = this.records[at] as number;
    if ((flags & IS_COLLECTED) !== 0) return COLLECTED;
    // The known part is cut off before it is applied: the rest then follows the document's own last struct.
    if (clock < block.known) return this.base.nestingOf(block.client, block.known - 1);
    const aClient = this.records[at + 2] as number;
    const aClock = this.records[at + 3] as number;
    if ((flags & HAS_ORIGIN) !== 0) return this.placeOf(aClient, aClock);
    if ((flags & HAS_RIGHT) !== 0) return this.placeOf(this.records[at + 4] as number, this.records[at + 5] as number);
    const keyed = (flags & IS_KEYED) !== 0;
    if ((flags & HAS_PARENT) === 0) return packNesting(0, keyed);
    const parent = this.placeOf(aClient, aClock);
    return parent === COLLECTED ? COLLECTED : packNesting(depthOf(parent) + 1, keyed);
  }

  private placeOf(client: number, clock: number): number {
    const block = this.byClient.get(client);
    if (block === undefined || clock < block.known) return this.base.nestingOf(client, clock);
    let low = block.first;
    let high = block.next - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.clockAt(middle) <= clock) low = middle;
      else high = middle - 1;
    }
    return this.places[low] as number;
  }
}

/**
 * Checks that the structs can be integrated in some order, and where they go.
 * @param known the document's clock for each block of the scan; no block begins above it
 */
export function walkStructs(
  scan: ScanSuccess,
  known: readonly number[],
  base: UpdateBase,
  limits: AdmitLimits,
): WalkFailure | undefined {
  return new Walk(scan, known, base, limits).run();
}
