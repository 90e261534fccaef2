/**
 * Cuts an update into pieces that a node takes one after the other. Pure: it knows Yjs's structs and the v1 encoding, and
 * neither documents nor connections.
 *
 * Invariants
 * P1 Applied in order, the pieces have the effect of the whole, and each refers only to what the server had or to what is in
 *    it or an earlier piece.
 * P2 No piece is beyond a limit. What cannot be cut small enough is `blocked`, with all that builds on it; the rest is sent.
 * P3 What was written and deleted again is deleted in the piece that contains it; what the server had is deleted in the last
 *    ones, so that whoever stops in between has a text too many rather than one too few.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { Piece, type PieceLimits } from './piece.ts';
import { normalized, type Range, subtract } from './ranges.ts';

export type { PieceLimits } from './piece.ts';

/** A struct: the id of its first unit, and its encoded size. */
export interface StructId {
  client: number;
  clock: number;
  bytes: number;
}

export interface Split {
  pieces: Uint8Array[];
  /** What could not be cut small enough, or was refused. What builds on it is in no piece either. */
  blocked: StructId[];
  /** Something in the update builds on what the server lacks (`absent`), or deletes it: it is in no piece. */
  dropped: boolean;
}

/** What the splitter is to know besides the update. */
export interface Refusals {
  /** Structs that a node refused for their content. */
  refused: readonly StructId[];
  /** From which clock on a client's structs are not with the server, nor in the update. */
  absent: ReadonlyMap<number, number>;
}

type Struct = Y.Item | Y.GC;

/** What one update weighs, as a node counts it. */
export interface Weight {
  structs: number;
  deleteRanges: number;
  /** Largest number of units under one client id. */
  units: number;
  deletedUnits: number;
  /** The first struct. */
  first: StructId | undefined;
}

export function weigh(update: Uint8Array): Weight {
  const { structs, ds } = Y.decodeUpdate(update);
  const units = new Map<number, number>();
  for (const { id, length } of structs) units.set(id.client, (units.get(id.client) ?? 0) + length);
  let deleteRanges = 0;
  let deletedUnits = 0;
  for (const ranges of ds.clients.values()) {
    deleteRanges += ranges.length;
    for (const { len } of ranges) deletedUnits += len;
  }
  const first = structs.find((struct) => !(struct instanceof Y.Skip)) as Struct | undefined;
  return {
    structs: structs.length,
    deleteRanges,
    units: Math.max(0, ...units.values()),
    deletedUnits,
    first: first && identify(first),
  };
}

const NOTHING_REFUSED: Refusals = { refused: [], absent: new Map() };

export function splitUpdate(update: Uint8Array, limits: PieceLimits, refusals: Refusals = NOTHING_REFUSED): Split {
  return new Splitter(update, limits, refusals).run();
}

/** The structs of one client id, in order. */
interface Block {
  client: number;
  structs: Struct[];
  /** Index of the next one. */
  next: number;
  waiting: boolean;
  blocked: boolean;
}

class Splitter {
  readonly #limits: PieceLimits;
  readonly #refused: ReadonlySet<string>;
  readonly #blocks = new Map<number, Block>();
  readonly #deletes: Map<number, Range[]>;
  /** Index of the first range of a client id that was not passed. */
  readonly #nextDelete = new Map<number, number>();
  readonly #pieces: Uint8Array[] = [];
  readonly #blocked: StructId[] = [];
  readonly #absent: ReadonlyMap<number, number>;
  #dropped = false;
  #piece = new Piece();

  constructor(update: Uint8Array, limits: PieceLimits, { refused, absent }: Refusals) {
    this.#limits = limits;
    this.#refused = new Set(refused.map(nameOf));
    this.#absent = absent;
    const { structs, ds } = Y.decodeUpdate(update);
    for (const struct of structs) {
      if (struct instanceof Y.Skip) continue;
      const block = this.#blocks.get(struct.id.client);
      if (block) block.structs.push(struct);
      else {
        const { client } = struct.id;
        this.#blocks.set(client, { client, structs: [struct], next: 0, waiting: false, blocked: false });
      }
    }
    this.#deletes = new Map([...ds.clients].map(([client, ranges]) => [client, normalized(ranges)]));
  }

  run(): Split {
    if (this.#limits.deletesFirst) {
      this.#deleteKnown();
      this.#close();
    }
    for (const block of this.#blocks.values()) this.#drive(block);
    if (!this.#limits.deletesFirst) this.#deleteKnown();
    this.#close();
    return { pieces: this.#pieces, blocked: this.#blocked, dropped: this.#dropped };
  }

  /** Passes all structs of the block, and of others just as far as it depends on them. */
  #drive(start: Block): void {
    const stack = [{ block: start, upTo: Number.POSITIVE_INFINITY }];
    start.waiting = true;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { block, upTo } = top;
      const struct = block.structs[block.next];
      if (block.blocked || struct === undefined || struct.id.clock >= upTo) {
        block.waiting = false;
        stack.pop();
        continue;
      }
      if (this.#buildsOnAbsent(struct)) {
        block.blocked = true;
        this.#dropped = true;
        continue;
      }
      const missing = this.#missing(struct);
      if (missing === undefined) this.#pass(block, struct);
      else if (missing.block.blocked) block.blocked = true;
      // Structs that wait for each other are none that Yjs wrote.
      else if (missing.block.waiting) this.#block(block, struct);
      else {
        missing.block.waiting = true;
        stack.push(missing);
      }
    }
  }

  #isAbsent({ client, clock }: Y.ID): boolean {
    return clock >= (this.#absent.get(client) ?? Number.POSITIVE_INFINITY);
  }

  #buildsOnAbsent(struct: Struct): boolean {
    return this.#absent.size > 0 && [struct.id, ...basesOf(struct)].some((id) => this.#isAbsent(id));
  }

  /** The first thing that a struct still waits for. */
  #missing(struct: Struct): { block: Block; upTo: number } | undefined {
    for (const id of basesOf(struct)) {
      if (id.client === struct.id.client) continue;
      const block = this.#blocks.get(id.client);
      const next = block?.structs[block.next];
      if (block && next && id.clock >= next.id.clock) return { block, upTo: id.clock + 1 };
    }
    return undefined;
  }

  #pass(block: Block, whole: Struct): void {
    block.next += 1;
    if (this.#refused.size > 0 && this.#refused.has(nameOf(identify(whole)))) {
      this.#block(block, whole);
      return;
    }
    for (let rest: Struct | undefined = whole; rest; ) {
      if (this.#add(rest)) return;
      this.#close();
      if (this.#add(rest)) return;
      const [head, tail] = this.#cut(rest);
      if (!head) {
        this.#block(block, rest);
        return;
      }
      this.#add(head);
      rest = tail;
    }
  }

  #block(block: Block, struct: Struct): void {
    block.blocked = true;
    this.#blocked.push(identify(struct));
  }

  /** Adds a struct and what of it is deleted to the piece, if there is room. */
  #add(struct: Struct): boolean {
    if (leastBytes(struct) > this.#limits.maxBytes) return false;
    const { client, clock } = struct.id;
    const bytes = encodeStruct(struct);
    const { found, next } = this.#deletesWithin(client, clock, clock + struct.length);
    const piece = this.#piece;
    const addition = { bytes: bytes.byteLength, units: struct.length, deletes: found };
    if (!piece.hasRoom(this.#limits, client, clock, addition)) return false;
    piece.addStruct(client, clock, struct.length, bytes);
    for (const range of found) piece.addDelete(client, range);
    this.#nextDelete.set(client, next);
    return true;
  }

  /** What is deleted between two clocks. Structs come in order, so what was passed is not looked at again. */
  #deletesWithin(client: number, from: number, to: number): { found: Range[]; next: number } {
    const ranges = this.#deletes.get(client) ?? [];
    let next = this.#nextDelete.get(client) ?? 0;
    while (next < ranges.length && ranges[next]!.clock + ranges[next]!.len <= from) next += 1;
    const found: Range[] = [];
    for (let at = next; at < ranges.length && ranges[at]!.clock < to; at += 1) {
      const start = Math.max(ranges[at]!.clock, from);
      const end = Math.min(ranges[at]!.clock + ranges[at]!.len, to);
      found.push({ clock: start, len: end - start });
    }
    return { found, next };
  }

  /** The most of a struct that an empty piece takes, and the rest. Nothing: it cannot be cut so small. */
  #cut(struct: Struct): [Struct | undefined, Struct] {
    const room = (head: Struct): boolean => {
      const { client, clock } = head.id;
      const { found } = this.#deletesWithin(client, clock, clock + head.length);
      const bytes = encodeStruct(head).byteLength;
      return new Piece().hasRoom(this.#limits, client, clock, { bytes, units: head.length, deletes: found });
    };
    let fits = 0;
    let beyond = leastBytes(struct) > this.#limits.maxBytes ? this.#limits.maxBytes : struct.length;
    while (beyond - fits > 1) {
      const middle = fits + ((beyond - fits) >> 1);
      if (room(divide(struct, middle)[0])) fits = middle;
      else beyond = middle;
    }
    const at = wholeCharacters(struct, fits);
    if (at === 0) return [undefined, struct];
    return divide(struct, at);
  }

  /** P3: the deletions of what the server has. */
  #deleteKnown(): void {
    for (const [client, ranges] of this.#deletes) {
      const structs = this.#blocks.get(client)?.structs ?? [];
      const own = normalized(structs.map(({ id, length }) => ({ clock: id.clock, len: length })));
      const absentFrom = this.#absent.get(client) ?? Number.POSITIVE_INFINITY;
      for (const { clock, len } of subtract(ranges, own)) {
        const end = Math.min(clock + len, absentFrom);
        if (end < clock + len) this.#dropped = true;
        for (let from = clock; from < end; ) {
          if (!this.#piece.hasRoomForDelete(this.#limits, client)) this.#close();
          const to = Math.min(end, from + this.#limits.maxDeletedUnits - this.#piece.deletedUnits);
          this.#piece.addDelete(client, { clock: from, len: to - from });
          from = to;
        }
      }
    }
  }

  #close(): void {
    if (!this.#piece.isEmpty) this.#pieces.push(this.#piece.encode());
    this.#piece = new Piece();
  }
}

function nameOf({ client, clock, bytes }: StructId): string {
  return `${client}:${clock}:${bytes}`;
}

function identify(struct: Struct): StructId {
  const { client, clock } = struct.id;
  return { client, clock, bytes: encodeStruct(struct).byteLength };
}

/** What must be there before a struct. */
function basesOf(struct: Struct): Y.ID[] {
  if (!(struct instanceof Y.Item)) return [];
  const parent = struct.parent as unknown;
  return [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null].filter((id) => id !== null);
}

function encodeStruct(struct: Struct): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoding.toUint8Array(encoder.restEncoder);
}

/** A struct in two, as Yjs cuts one when something is written in its middle. Neither shares anything with it that changes. */
function divide(struct: Struct, at: number): [Struct, Struct] {
  const { client, clock } = struct.id;
  const middle = new Y.ID(client, clock + at);
  if (struct instanceof Y.GC) return [new Y.GC(struct.id, at), new Y.GC(middle, struct.length - at)];
  const { origin, rightOrigin, parent, parentSub } = struct;
  const head = struct.content.copy();
  const tail = head.splice(at);
  return [
    new Y.Item(struct.id, null, origin, null, rightOrigin, parent as never, parentSub, head),
    new Y.Item(middle, null, new Y.ID(client, clock + at - 1), null, rightOrigin, parent as never, parentSub, tail),
  ];
}

/** The number of units where each takes a byte or more: what is sure to be too large need not be encoded to know it. */
function leastBytes(struct: Struct): number {
  if (!(struct instanceof Y.Item)) return 0;
  return struct.content instanceof Y.ContentDeleted ? 0 : struct.length;
}

/** The same cut or one before it, so that no character of two UTF-16 units is cut through: Yjs would lose it. */
function wholeCharacters(struct: Struct, at: number): number {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return at;
  const last = struct.content.str.charCodeAt(at - 1);
  return last >= 0xd800 && last <= 0xdbff ? at - 1 : at;
}
