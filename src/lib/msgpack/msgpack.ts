/**
 * MessagePack as the author protocol uses it: nil, booleans, numbers, strings, binary, arrays and maps. Runs in browsers
 * and Node. Wire-compatible with `notepack.io` (which `socket.io-msgpack-parser` uses).
 *
 * I10: decoding costs no more than the bytes it is given: a length is checked against what is left before anything is
 * allocated, and nesting is bounded. https://github.com/msgpack/msgpack/blob/master/spec.md
 */

import { Rope } from './rope.ts';

/** Thrown on bytes that are not what this protocol sends. */
export class MsgpackError extends Error {
  override readonly name = 'MsgpackError';
}

const MAX_DEPTH = 8;
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true });
/** Up to this many units a loop here is faster than the platform's encoder and decoder: ids, words, keys. */
const SHORT_STRING = 64;

/** Words seen lately, by a simple hash: keys and event names come again and again, and need not be made anew. */
const WORDS = 256;
const WORD_BYTES = 16;
const words: (string | undefined)[] = new Array(WORDS).fill(undefined);

const fail = (message: string): never => {
  throw new MsgpackError(message);
};

// Encoding ------------------------------------------------------------------------------------------------------------

let scratch = new Uint8Array(4096);
let view = new DataView(scratch.buffer);
let at = 0;

function reserve(bytes: number): void {
  if (at + bytes <= scratch.byteLength) return;
  const grown = new Uint8Array(Math.max(scratch.byteLength * 2, at + bytes));
  grown.set(scratch.subarray(0, at));
  scratch = grown;
  view = new DataView(scratch.buffer);
}

/** Node's pooled buffers cost a fifth of an ArrayBuffer of their own. */
const { Buffer: pool } = globalThis as { Buffer?: { allocUnsafe(size: number): Uint8Array } };
const allocate = (size: number): Uint8Array => pool?.allocUnsafe(size) ?? new Uint8Array(size);

/** Larger scratch space than this is not kept between messages. */
const KEEP_BYTES = 256 * 1024;

/** Where a large binary value belongs, while `encodeShared` writes: its bytes are left out. */
let cuts: { at: number; bytes: Uint8Array | Rope }[] | undefined;
/** Binary values of so many bytes are shared. */
const SHARED_BYTES = 65_536;

/** As `encode`, save that large binary values are not copied: they are pieces of the answer, if there are any. */
export function encodeShared(value: unknown): Uint8Array | Rope {
  const found: typeof cuts = [];
  cuts = found;
  let encoded: Uint8Array;
  try {
    encoded = encode(value);
  } finally {
    cuts = undefined;
  }
  if (found.length === 0) return encoded;
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const cut of found) {
    pieces.push(encoded.subarray(from, cut.at));
    if (cut.bytes instanceof Rope) pieces.push(...cut.bytes.pieces);
    else pieces.push(cut.bytes);
    from = cut.at;
  }
  pieces.push(encoded.subarray(from));
  return new Rope(pieces, () => {
    for (const { bytes } of found) if (bytes instanceof Rope) bytes.sent?.();
  });
}

/** @throws MsgpackError on values that have no form here (functions, bigints, cycles deeper than 8) */
export function encode(value: unknown): Uint8Array {
  at = 0;
  write(value, 0);
  const encoded = allocate(at);
  encoded.set(scratch.subarray(0, at));
  if (scratch.byteLength > KEEP_BYTES) {
    scratch = new Uint8Array(4096);
    view = new DataView(scratch.buffer);
  }
  return encoded;
}

function write(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) fail('nested too deep');
  reserve(9);
  switch (typeof value) {
    case 'number':
      writeNumber(value);
      return;
    case 'string':
      writeString(value);
      return;
    case 'boolean':
      scratch[at++] = value ? 0xc3 : 0xc2;
      return;
    case 'undefined':
      scratch[at++] = 0xc0;
      return;
    case 'object':
      if (value === null) scratch[at++] = 0xc0;
      else if (value instanceof Uint8Array || value instanceof Rope) writeBinary(value);
      else if (Array.isArray(value)) {
        writeLength(value.length, 0x90, 15, 0, 0xdc);
        for (const item of value) write(item, depth + 1);
      } else writeMap(value as Record<string, unknown>, depth);
      return;
    default:
      fail(`a ${typeof value} cannot be sent`);
  }
}

function writeMap(value: Record<string, unknown>, depth: number): void {
  const keys = Object.keys(value);
  let count = 0;
  for (const key of keys) if (value[key] !== undefined) count += 1;
  writeLength(count, 0x80, 15, 0, 0xde);
  for (const key of keys) {
    const item = value[key];
    if (item === undefined) continue;
    writeString(key);
    write(item, depth + 1);
  }
}

/** Writes a count: in the first byte up to `fixMax`, else with an 8-bit (`code8`, where there is one), 16- or 32-bit length. */
function writeLength(count: number, fix: number, fixMax: number, code8: number, code16: number): void {
  reserve(5);
  if (count <= fixMax) scratch[at++] = fix | count;
  else if (code8 !== 0 && count <= 0xff) {
    scratch[at++] = code8;
    scratch[at++] = count;
  } else if (count <= 0xffff) {
    scratch[at++] = code16;
    view.setUint16(at, count);
    at += 2;
  } else {
    scratch[at++] = code16 + 1;
    view.setUint32(at, count);
    at += 4;
  }
}

function writeString(value: string): void {
  // Three bytes a UTF-16 unit is the most that UTF-8 needs.
  reserve(value.length * 3 + 5);
  const start = at;
  const { length } = value;
  if (length <= SHORT_STRING) {
    writeLength(length, 0xa0, 31, 0xd9, 0xda);
    let index = 0;
    for (; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 0x7f) break;
      scratch[at + index] = unit;
    }
    if (index === length) {
      at += length;
      return;
    }
    at = start;
  }
  const bytes = utf8Encoder.encode(value);
  writeLength(bytes.byteLength, 0xa0, 31, 0xd9, 0xda);
  scratch.set(bytes, at);
  at += bytes.byteLength;
}

function writeBinary(value: Uint8Array | Rope): void {
  const { byteLength } = value;
  if (cuts && byteLength >= SHARED_BYTES) {
    writeLength(byteLength, 0, -1, 0xc4, 0xc5);
    cuts.push({ at, bytes: value });
    return;
  }
  reserve(byteLength + 5);
  writeLength(byteLength, 0, -1, 0xc4, 0xc5);
  scratch.set(value instanceof Rope ? value.toBytes() : value, at);
  at += byteLength;
}

function writeNumber(value: number): void {
  if (Number.isInteger(value) && value >= -0x8000_0000 && value <= 0xffff_ffff) {
    if (value >= 0) {
      if (value <= 0x7f) scratch[at++] = value;
      else if (value <= 0xff) {
        scratch[at++] = 0xcc;
        scratch[at++] = value;
      } else if (value <= 0xffff) {
        scratch[at++] = 0xcd;
        view.setUint16(at, value);
        at += 2;
      } else {
        scratch[at++] = 0xce;
        view.setUint32(at, value);
        at += 4;
      }
    } else if (value >= -0x20) scratch[at++] = value & 0xff;
    else {
      scratch[at++] = 0xd2;
      view.setInt32(at, value);
      at += 4;
    }
    return;
  }
  // Integers past 32 bits are exact as doubles up to 2^53, which is as far as positions go.
  scratch[at++] = 0xcb;
  view.setFloat64(at, value);
  at += 8;
}

// Decoding ------------------------------------------------------------------------------------------------------------

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) fail('nested too deep');
    const code = this.#uint(1);
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 0x0f, depth);
    if (code < 0xa0) return this.#array(code & 0x0f, depth);
    if (code < 0xc0) return this.#string(code & 0x1f);
    if (code >= 0xe0) return code - 0x100;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#binary(this.#uint(1));
      case 0xc5:
        return this.#binary(this.#uint(2));
      case 0xc6:
        return this.#binary(this.#uint(4));
      // notepack.io in Node writes an ArrayBuffer, and a plain Uint8Array, as an extension of type 0.
      case 0xc7:
        return this.#arrayBuffer(this.#uint(1));
      case 0xc8:
        return this.#arrayBuffer(this.#uint(2));
      case 0xc9:
        return this.#arrayBuffer(this.#uint(4));
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
        return this.#uint(1);
      case 0xcd:
        return this.#uint(2);
      case 0xce:
        return this.#uint(4);
      case 0xcf:
        return this.#uint(4) * 2 ** 32 + this.#uint(4);
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return this.#view.getInt32(this.#take(4)) * 2 ** 32 + this.#uint(4);
      case 0xd4:
        // notepack.io writes `undefined` as an extension of type 0.
        if (this.#uint(1) !== 0 || this.#uint(1) !== 0) fail('an extension that is not used here');
        return undefined;
      case 0xd9:
        return this.#string(this.#uint(1));
      case 0xda:
        return this.#string(this.#uint(2));
      case 0xdb:
        return this.#string(this.#uint(4));
      case 0xdc:
        return this.#array(this.#uint(2), depth);
      case 0xdd:
        return this.#array(this.#uint(4), depth);
      case 0xde:
        return this.#map(this.#uint(2), depth);
      case 0xdf:
        return this.#map(this.#uint(4), depth);
      default:
        return fail('a type that is not used here');
    }
  }

  /** Steps over `size` bytes; returns where they begin. */
  #take(size: number): number {
    if (size > this.left) fail('truncated');
    const start = this.#at;
    this.#at += size;
    return start;
  }

  #uint(size: 1 | 2 | 4): number {
    const start = this.#take(size);
    if (size === 1) return this.#bytes[start]!;
    return size === 2 ? this.#view.getUint16(start) : this.#view.getUint32(start);
  }

  #binary(size: number): Uint8Array {
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  #arrayBuffer(size: number): Uint8Array {
    if (this.#uint(1) !== 0) fail('an extension that is not used here');
    return this.#binary(size);
  }

  #string(size: number): string {
    const start = this.#take(size);
    if (size <= WORD_BYTES) {
      const slot = size === 0 ? 0 : (size * 37 + this.#bytes[start]! * 5 + this.#bytes[this.#at - 1]!) & (WORDS - 1);
      const word = words[slot];
      if (word !== undefined && this.#holds(start, word)) return word;
      const text = this.#ascii(start);
      if (text !== undefined) {
        words[slot] = text;
        return text;
      }
    } else if (size <= SHORT_STRING) {
      const text = this.#ascii(start);
      if (text !== undefined) return text;
    }
    try {
      return utf8Decoder.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      return fail('a string that is not UTF-8');
    }
  }

  /** True when the bytes from `start` on are this ASCII text. */
  #holds(start: number, text: string): boolean {
    if (text.length !== this.#at - start) return false;
    for (let index = 0; index < text.length; index += 1) {
      if (text.charCodeAt(index) !== this.#bytes[start + index]) return false;
    }
    return true;
  }

  /** The bytes from `start` on as text; undefined when they are not ASCII. */
  #ascii(start: number): string | undefined {
    let text = '';
    for (let index = start; index < this.#at; index += 1) {
      const byte = this.#bytes[index]!;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #array(count: number, depth: number): unknown[] {
    if (count > this.left) fail('truncated');
    const items: unknown[] = [];
    for (let index = 0; index < count; index += 1) items.push(this.value(depth + 1));
    return items;
  }

  #map(count: number, depth: number): Record<string, unknown> {
    if (count * 2 > this.left) fail('truncated');
    const map: Record<string, unknown> = {};
    for (let index = 0; index < count; index += 1) {
      const key = this.value(MAX_DEPTH);
      if (typeof key !== 'string' || key === '__proto__') fail('a key that is not used here');
      map[key as string] = this.value(depth + 1);
    }
    return map;
  }
}

/**
 * Decodes exactly one value; binary is given as views into `bytes`.
 * @throws MsgpackError
 */
export function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.left > 0) fail('bytes after the end');
  return value;
}
