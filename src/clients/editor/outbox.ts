/**
 * What is to go to the server: local updates in order, one piece of them in flight. Knows what a node takes at once and cuts
 * accordingly; knows no connection.
 *
 * I1: nothing leaves the outbox before it is acknowledged. A piece that a node refuses for its content is cut until the
 * part that is refused stands alone: that part is set aside, with what builds on it, and the rest goes.
 */
import * as Y from 'yjs';
import { type ErrorBody, type ErrorCode, failure } from '../../../schemas/errors.ts';
import { type PieceLimits, type Refusals, type StructId, splitUpdate, type Weight, weigh } from './split.ts';

/** A part of the text that is not taken, and why. */
export interface RefusedPart extends StructId {
  error: ErrorBody;
}

interface Entry {
  update: Uint8Array;
  /** The author's changes that its acknowledgement settles. */
  count: number;
  /** Within the limits as they were when it was cut. */
  cut: boolean;
  /** Added since the whole was last worked out. */
  local: boolean;
}

/** A struct or a delete range takes no less: a smaller update cannot contain too many. */
const MIN_PART_BYTES = 2;
/** Of the delete ranges and clock units of one update; no settings of a node. */
const MAX_DELETE_RANGES = 32_768;
const MAX_UNITS = 8_388_608;
/** No node has a smaller limit. */
const MIN_PIECE_BYTES = 1_024;
/** After a piece was lost with its connection the next is half as large, but no smaller than this, bytes. */
const MIN_LOST_BYTES = 65_536;
/** Merging many updates at once takes the square of their number. */
const MERGED_AT_ONCE = 64;

/** Refusals for the content of an update: other parts of it may be accepted. */
const FOR_ITS_CONTENT = new Set<ErrorCode>([
  'update_too_large',
  'update_limit',
  'update_too_expensive',
  'update_unsupported',
  'update_malformed',
]);

const UNLIMITED: PieceLimits = {
  maxBytes: Number.POSITIVE_INFINITY,
  maxStructs: Number.POSITIVE_INFINITY,
  maxDeleteRanges: MAX_DELETE_RANGES,
  maxUnits: MAX_UNITS,
  maxDeletedUnits: Number.POSITIVE_INFINITY,
  oneClient: false,
  deletesFirst: false,
};

export class Outbox {
  #entries: Entry[] = [];
  #inFlight: Entry | undefined;
  /** As the node states them. */
  #limits = UNLIMITED;
  /** The same, or less while it is found out what a node refuses. */
  #now = UNLIMITED;
  /** What the line seems to bear, bytes. */
  #lineBytes = Number.POSITIVE_INFINITY;
  /** Set aside until the whole is worked out anew. */
  #refused: RefusedPart[] = [];
  /** Set aside before that: not tried again if they are still the same. */
  #suspects: RefusedPart[] = [];
  #lastRefusal: ErrorBody | undefined;
  #needsWhole = false;

  /** The author's changes that are not acknowledged. */
  get unsaved(): number {
    let count = this.#inFlight?.count ?? 0;
    for (const entry of this.#entries) count += entry.count;
    return Math.max(count, this.#refused.length);
  }

  get isSending(): boolean {
    return this.#inFlight !== undefined;
  }

  get refused(): readonly RefusedPart[] {
    return this.#refused;
  }

  /** Something was written that has to do with what was set aside: what the server lacks must be worked out anew. */
  get needsWhole(): boolean {
    return this.#needsWhole;
  }

  add(update: Uint8Array): void {
    this.#entries.push({ update, count: 1, cut: false, local: true });
  }

  /** All that the server lacks, instead of whatever waited: what was refused may have been undone since. */
  replace(update: Uint8Array | undefined, limits: Partial<Pick<PieceLimits, 'maxBytes' | 'maxStructs'>>): void {
    this.#inFlight = undefined;
    this.#suspects = this.#refused;
    this.#refused = [];
    this.#needsWhole = false;
    this.#entries = update ? [{ update, count: 1, cut: false, local: false }] : [];
    const maxDeleteRanges = Math.min(limits.maxStructs ?? MAX_DELETE_RANGES, MAX_DELETE_RANGES);
    this.#limits = { ...UNLIMITED, ...limits, maxDeleteRanges };
    this.#now = this.#limits;
  }

  /** The next piece: from now on in flight. Undefined while one is, or when nothing is left. */
  take(): Uint8Array | undefined {
    if (this.#inFlight) return undefined;
    for (let entry = this.#gather(); entry; entry = this.#gather()) {
      if (entry.cut || this.#fits(entry.update)) {
        this.#inFlight = entry;
        return entry.update;
      }
      this.#cut(entry);
    }
    return undefined;
  }

  acknowledged(): void {
    this.#inFlight = undefined;
    this.#lineBytes *= 2;
    this.#now = grown(this.#now, this.#limits);
  }

  /** It is sent again: it was not accepted, or the outcome is unknown. */
  putBack(): void {
    if (this.#inFlight) this.#entries.unshift(this.#inFlight);
    this.#inFlight = undefined;
  }

  /** The connection was lost while a piece was on its way: on a slow line a smaller one arrives in time. */
  lost(): void {
    const bytes = this.#inFlight?.update.byteLength ?? 0;
    this.putBack();
    if (bytes > MIN_LOST_BYTES) this.#lineBytes = Math.max(MIN_LOST_BYTES, bytes >> 1);
  }

  /**
   * The piece in flight was refused.
   * @returns whether the outbox deals with it: smaller pieces follow, or the rest without the part that is refused
   */
  refuse(error: ErrorBody): boolean {
    const entry = this.#inFlight;
    this.putBack();
    if (!entry) return false;
    if (error.code === 'document_too_large') return this.#deleteFirst();
    if (!FOR_ITS_CONTENT.has(error.code)) return false;
    const weight = weigh(entry.update);
    const { first, structs, units, deleteRanges, deletedUnits } = weight;
    this.#lastRefusal = error;
    if (structs > 1 || units > 1 || (structs === 0 && (deleteRanges > 1 || deletedUnits > 1))) {
      this.#now = halfOf(weight, entry.update.byteLength, this.#now, error.code);
    } else if (first) {
      this.#refused.push({ ...first, error });
      this.#now = this.#limits;
    } else return false;
    this.#join();
    return true;
  }

  /** The piece in flight contains work under another user's client id. @returns that id; undefined: not known yet */
  forgedClient(): number | undefined {
    const clients = this.#inFlight ? clientsOf(this.#inFlight.update) : [];
    if (clients.length === 1) return clients[0];
    this.putBack();
    this.#limits = { ...this.#limits, oneClient: true };
    this.#now = this.#limits;
    this.#join();
    return undefined;
  }

  /** As much of what is not acknowledged as goes into so many bytes, from the beginning. */
  beginning(maxBytes: number): Uint8Array | undefined {
    const entries = [...(this.#inFlight ? [this.#inFlight] : []), ...this.#entries];
    if (entries.length === 0) return undefined;
    const all = mergeAll(entries.map(({ update }) => update));
    return all.byteLength <= maxBytes
      ? all
      : splitUpdate(all, { ...this.#bounds(), maxBytes }, this.#refusals()).pieces[0];
  }

  /** The next entries that go together: merged, as long as they are small enough. */
  #gather(): Entry | undefined {
    const [first] = this.#entries;
    if (!first) return undefined;
    const { maxBytes } = this.#bounds();
    let count = 0;
    let bytes = 0;
    for (const { update, cut } of this.#entries) {
      bytes += update.byteLength;
      if (count > 0 && (cut || first.cut || bytes > maxBytes)) break;
      count += 1;
    }
    return merged(this.#entries.splice(0, count));
  }

  #bounds(): PieceLimits {
    return { ...this.#now, maxBytes: Math.min(this.#now.maxBytes, this.#lineBytes) };
  }

  #fits(update: Uint8Array): boolean {
    if (this.#suspects.length > 0 || this.#refused.length > 0) return false;
    const bounds = this.#bounds();
    if (bounds.oneClient || bounds.deletesFirst || update.byteLength > bounds.maxBytes) return false;
    const parts = Math.min(bounds.maxStructs, bounds.maxDeleteRanges);
    if (this.#now === this.#limits && update.byteLength <= MIN_PART_BYTES * parts) return true;
    const { structs, deleteRanges, units, deletedUnits } = weigh(update);
    return (
      structs <= bounds.maxStructs &&
      deleteRanges <= bounds.maxDeleteRanges &&
      units <= bounds.maxUnits &&
      deletedUnits <= bounds.maxDeletedUnits
    );
  }

  #refusals(): Refusals {
    const absent = new Map<number, number>();
    for (const { client, clock } of this.#refused) {
      absent.set(client, Math.min(clock, absent.get(client) ?? clock));
    }
    return { refused: this.#suspects, absent };
  }

  #cut({ update, count, local }: Entry): void {
    const { pieces, blocked, dropped } = splitUpdate(update, this.#bounds(), this.#refusals());
    for (const part of blocked) {
      const known = this.#suspects.find((suspect) => isSame(suspect, part));
      this.#refused.push({ ...part, error: known?.error ?? this.#lastRefusal ?? failure('update_too_large').error });
    }
    this.#suspects = [];
    this.#needsWhole ||= dropped && local;
    // The last piece settles what the author changed.
    const last = pieces.length - 1;
    this.#entries.unshift(
      ...pieces.map((piece, index) => ({ update: piece, count: index === last ? count : 0, cut: true, local })),
    );
  }

  /** The document is full: deletions make room. @returns false when that was tried, or there are none */
  #deleteFirst(): boolean {
    if (this.#now.deletesFirst) return false;
    this.#limits = { ...this.#limits, deletesFirst: true };
    this.#now = this.#limits;
    this.#join();
    return this.#entries.some(({ update }) => weigh(update).deleteRanges > 0);
  }

  /** Pieces are cut anew, from what they were cut of. */
  #join(): void {
    if (this.#entries.length > 0) this.#entries = [{ ...merged(this.#entries), cut: false }];
  }
}

function isSame(a: StructId, b: StructId): boolean {
  return a.client === b.client && a.clock === b.clock && a.bytes === b.bytes;
}

function clientsOf(update: Uint8Array): number[] {
  return [...new Set(Y.decodeUpdate(update).structs.map(({ id }) => id.client))];
}

function merged(entries: readonly Entry[]): Entry {
  const [first] = entries;
  if (entries.length === 1) return first!;
  return {
    update: mergeAll(entries.map(({ update }) => update)),
    count: entries.reduce((sum, { count }) => sum + count, 0),
    cut: false,
    local: entries.some(({ local }) => local),
  };
}

function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  let rest = updates;
  while (rest.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < rest.length; at += MERGED_AT_ONCE)
      next.push(Y.mergeUpdates(rest.slice(at, at + MERGED_AT_ONCE)));
    rest = next;
  }
  return rest[0]!;
}

/** Limits under which what was refused becomes two pieces. */
function halfOf(weight: Weight, bytes: number, limits: PieceLimits, code: ErrorCode): PieceLimits {
  const half = (value: number, limit: number): number => (value === 0 ? limit : Math.max(1, value >> 1));
  if (code === 'update_too_large' && bytes > MIN_PIECE_BYTES) {
    return { ...limits, maxBytes: Math.max(MIN_PIECE_BYTES, bytes >> 1) };
  }
  return {
    ...limits,
    maxStructs: half(weight.structs, limits.maxStructs),
    maxDeleteRanges: half(weight.deleteRanges, limits.maxDeleteRanges),
    maxUnits: half(weight.units, limits.maxUnits),
    maxDeletedUnits: half(weight.deletedUnits, limits.maxDeletedUnits),
  };
}

/** Twice as much, up to the limits. */
function grown(now: PieceLimits, limits: PieceLimits): PieceLimits {
  if (now === limits) return limits;
  const next = {
    ...limits,
    maxBytes: Math.min(limits.maxBytes, now.maxBytes * 2),
    maxStructs: Math.min(limits.maxStructs, now.maxStructs * 2),
    maxDeleteRanges: Math.min(limits.maxDeleteRanges, now.maxDeleteRanges * 2),
    maxUnits: Math.min(limits.maxUnits, now.maxUnits * 2),
    maxDeletedUnits: Math.min(limits.maxDeletedUnits, now.maxDeletedUnits * 2),
  };
  const isWhole = (Object.keys(limits) as (keyof PieceLimits)[]).every((key) => next[key] === limits[key]);
  return isWhole ? limits : next;
}
