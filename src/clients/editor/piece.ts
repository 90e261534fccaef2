/** One piece of an update as it fills, in the v1 encoding. It knows its limits, and nothing of the content. */
import * as encoding from 'lib0/encoding';
import { encodeDeletes, normalized, type Range } from './ranges.ts';

export interface PieceLimits {
  /** Of the encoded piece. */
  maxBytes: number;
  maxStructs: number;
  maxDeleteRanges: number;
  /** Clock units (characters, list elements) added under one client id. */
  maxUnits: number;
  /** Clock units deleted. */
  maxDeletedUnits: number;
  /** Structs of one client id a piece, where that separates them. */
  oneClient: boolean;
  /** What the server has is deleted first, for it has no room. Else last (P3). */
  deletesFirst: boolean;
}

/** Client id, clock, counts: what a client's block or list takes besides its structs or ranges. */
const HEAD_BYTES = 20;
const MAX_VAR_UINT_BYTES = 5;

interface Addition {
  bytes: number;
  units: number;
  deletes: readonly Range[];
}

export class Piece {
  readonly #structs = new Map<number, { from: number; to: number; count: number; chunks: Uint8Array[] }>();
  readonly #deletes = new Map<number, Range[]>();
  /** Upper bound of its encoded size. */
  #bytes = 2 * MAX_VAR_UINT_BYTES;
  #count = 0;
  #ranges = 0;
  #deletedUnits = 0;

  get deletedUnits(): number {
    return this.#deletedUnits;
  }

  get isEmpty(): boolean {
    return this.#count === 0 && this.#ranges === 0;
  }

  hasRoom(limits: PieceLimits, client: number, clock: number, { bytes, units, deletes }: Addition): boolean {
    const block = this.#structs.get(client);
    // A block has no gaps.
    if (block && block.to !== clock) return false;
    if (limits.oneClient && !block && this.#structs.size > 0) return false;
    const heads = (block ? 0 : HEAD_BYTES) + (this.#deletes.has(client) || deletes.length === 0 ? 0 : HEAD_BYTES);
    const deleted = deletes.reduce((sum, { len }) => sum + len, this.#deletedUnits);
    return (
      this.#count < limits.maxStructs &&
      deleted <= limits.maxDeletedUnits &&
      this.#ranges + deletes.length <= limits.maxDeleteRanges &&
      clock + units - (block?.from ?? clock) <= limits.maxUnits &&
      this.#bytes + heads + bytes + deletes.length * 2 * MAX_VAR_UINT_BYTES <= limits.maxBytes
    );
  }

  hasRoomForDelete(limits: PieceLimits, client: number): boolean {
    const head = this.#deletes.has(client) ? 0 : HEAD_BYTES;
    if (this.#deletedUnits >= limits.maxDeletedUnits) return false;
    return this.#ranges < limits.maxDeleteRanges && this.#bytes + head + 2 * MAX_VAR_UINT_BYTES <= limits.maxBytes;
  }

  addStruct(client: number, clock: number, units: number, bytes: Uint8Array): void {
    let block = this.#structs.get(client);
    if (!block) {
      block = { from: clock, to: clock, count: 0, chunks: [] };
      this.#structs.set(client, block);
      this.#bytes += HEAD_BYTES;
    }
    block.to = clock + units;
    block.count += 1;
    block.chunks.push(bytes);
    this.#count += 1;
    this.#bytes += bytes.byteLength;
  }

  addDelete(client: number, range: Range): void {
    let ranges = this.#deletes.get(client);
    if (!ranges) {
      ranges = [];
      this.#deletes.set(client, ranges);
      this.#bytes += HEAD_BYTES;
    }
    this.#deletedUnits += range.len;
    const last = ranges.at(-1);
    if (last && last.clock + last.len === range.clock) last.len += range.len;
    else {
      ranges.push({ ...range });
      this.#ranges += 1;
      this.#bytes += 2 * MAX_VAR_UINT_BYTES;
    }
  }

  encode(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#structs.size);
    // Yjs writes higher client ids first.
    for (const [client, { from, count, chunks }] of [...this.#structs].sort(([a], [b]) => b - a)) {
      encoding.writeVarUint(encoder, count);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, from);
      for (const chunk of chunks) encoding.writeUint8Array(encoder, chunk);
    }
    // What the server had was added after what is new.
    const deletes = new Map([...this.#deletes].map(([client, ranges]) => [client, normalized(ranges)]));
    encoding.writeUint8Array(encoder, encodeDeletes(deletes));
    return encoding.toUint8Array(encoder);
  }
}
