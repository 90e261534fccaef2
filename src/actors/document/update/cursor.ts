/**
 * A strict reader over the bytes of one update: varints, strings, raw bytes.
 * It knows lib0's wire forms, not what they mean in Yjs.
 *
 * Invariants: it never throws and never reads outside the bytes; a failed read answers `FAILED` and
 * leaves the first reason in `code` and `detail`; every number it answers is a safe integer.
 */

/** Why an update was refused before it touched a draft. */
export type ScanCode = 'update_malformed' | 'update_limit' | 'update_unsupported';

/** Answer of every reader method that failed; all good answers are 0 or larger. */
export const FAILED = -1;

const PROTO = [0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f];

/** Whether the bytes spell `__proto__`. */
export function isProtoKey(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== PROTO.length) return false;
  for (let i = 0; i < PROTO.length; i++) if (bytes[from + i] !== PROTO[i]) return false;
  return true;
}

export class Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  pos = 0;
  code: ScanCode = 'update_malformed';
  detail = '';
  /** Where the string read last begins, after its length. */
  stringStart = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Records the reason and answers `FAILED`. */
  fail(code: ScanCode, detail: string): typeof FAILED {
    this.code = code;
    this.detail = detail;
    return FAILED;
  }

  byte(): number {
    if (this.pos >= this.end) return this.fail('update_malformed', 'ends too early');
    return this.bytes[this.pos++] as number;
  }

  /** An unsigned varint in its shortest form, at most 2^53 - 1. */
  varUint(): number {
    if (this.pos >= this.end) return this.fail('update_malformed', 'ends too early');
    const first = this.bytes[this.pos++] as number;
    return first < 0x80 ? first : this.varTail(first & 0x7f, 128);
  }

  /** A signed varint (its value is not needed), at most 2^53 - 1 in size. Answers 0. */
  skipVarInt(): number {
    const first = this.byte();
    if (first < 0x80) return first < 0 ? FAILED : 0;
    return this.varTail(first & 0x3f, 64) < 0 ? FAILED : 0;
  }

  /** Steps over `length` raw bytes. Answers 0. */
  skip(length: number): number {
    if (length > this.end - this.pos) return this.fail('update_malformed', 'ends too early');
    this.pos += length;
    return 0;
  }

  /** A string: checked as UTF-8 exactly as Yjs's fatal decoder would, measured in UTF-16 code units. */
  string(): number {
    const length = this.varUint();
    if (length < 0) return FAILED;
    if (length > this.end - this.pos) return this.fail('update_malformed', 'a string ends too early');
    this.stringStart = this.pos;
    const { bytes } = this;
    const stop = this.pos + length;
    let at = this.pos;
    while (at < stop && (bytes[at] as number) < 0x80) at++;
    this.pos = stop;
    return at === stop ? length : this.utf8Tail(at, stop, length - (stop - at));
  }

  /** A string used as a key of an object or map: refuses `__proto__`. Answers its length in UTF-16 code units. */
  key(): number {
    const units = this.string();
    if (units === PROTO.length && isProtoKey(this.bytes, this.stringStart, this.pos)) {
      return this.fail('update_unsupported', 'key __proto__');
    }
    return units;
  }

  private varTail(start: number, unit: number): number {
    let value = start;
    let scale = unit;
    while (this.pos < this.end) {
      const byte = this.bytes[this.pos++] as number;
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) return this.fail('update_malformed', 'a number is out of range');
      if (byte < 0x80)
        return byte === 0 ? this.fail('update_malformed', 'a number is not in its shortest form') : value;
      scale *= 128;
      // Nine groups hold 63 bits: whatever follows is padding.
      if (scale > 2 ** 63) return this.fail('update_malformed', 'a number is out of range');
    }
    return this.fail('update_malformed', 'ends too early');
  }

  /** RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
  private utf8Tail(from: number, stop: number, unitsBefore: number): number {
    const { bytes } = this;
    let at = from;
    let units = unitsBefore;
    while (at < stop) {
      const lead = bytes[at++] as number;
      units++;
      if (lead < 0x80) continue;
      let low = 0x80;
      let high = 0xbf;
      let rest: number;
      if (lead >= 0xc2 && lead <= 0xdf) rest = 1;
      else if (lead >= 0xe0 && lead <= 0xef) {
        rest = 2;
        if (lead === 0xe0) low = 0xa0;
        else if (lead === 0xed) high = 0x9f;
      } else if (lead >= 0xf0 && lead <= 0xf4) {
        rest = 3;
        units++;
        if (lead === 0xf0) low = 0x90;
        else if (lead === 0xf4) high = 0x8f;
      } else return this.fail('update_malformed', 'a string is not UTF-8');
      if (rest > stop - at) return this.fail('update_malformed', 'a string is not UTF-8');
      for (; rest > 0; rest--) {
        const next = bytes[at++] as number;
        if (next < low || next > high) return this.fail('update_malformed', 'a string is not UTF-8');
        low = 0x80;
        high = 0xbf;
      }
    }
    return units;
  }
}
