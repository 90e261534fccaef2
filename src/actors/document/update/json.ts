/**
 * Checks JSON text (RFC 8259) in place: embeds, formats and old list values carry it inside strings.
 * It accepts what `JSON.parse` accepts, less keys named `__proto__` and too deep nesting, and builds nothing.
 * It does not know Yjs. The bytes were checked to be UTF-8 before.
 */
import { type Cursor, FAILED, isProtoKey } from './cursor.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const UTF8 = new TextDecoder();

/** Whether the bytes are one JSON value; on failure the reason is left in the cursor. Answers 0 or `FAILED`. */
export function checkJson(cursor: Cursor, from: number, to: number, maxDepth: number): number {
  const end = value(cursor, space(cursor.bytes, from, to), to, maxDepth);
  if (end < 0) return FAILED;
  return space(cursor.bytes, end, to) === to ? 0 : bad(cursor);
}

function bad(cursor: Cursor): number {
  return cursor.fail('update_malformed', 'a value is not JSON');
}

function space(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** Each of these answers the position after what it read, or `FAILED`. */
function value(cursor: Cursor, at: number, to: number, depth: number): number {
  const { bytes } = cursor;
  if (at >= to) return bad(cursor);
  switch (bytes[at]) {
    case QUOTE:
      return text(cursor, at, to);
    case 0x7b:
      return object(cursor, at + 1, to, depth - 1);
    case 0x5b:
      return list(cursor, at + 1, to, depth - 1);
    case 0x74:
      return word(cursor, at, to, 'true');
    case 0x66:
      return word(cursor, at, to, 'false');
    case 0x6e:
      return word(cursor, at, to, 'null');
    default:
      return number(cursor, at, to);
  }
}

function word(cursor: Cursor, at: number, to: number, expected: string): number {
  if (to - at < expected.length) return bad(cursor);
  for (let i = 0; i < expected.length; i++) {
    if (cursor.bytes[at + i] !== expected.charCodeAt(i)) return bad(cursor);
  }
  return at + expected.length;
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
  return at;
}

function number(cursor: Cursor, from: number, to: number): number {
  const { bytes } = cursor;
  const start = bytes[from] === 0x2d ? from + 1 : from;
  let at = digits(bytes, start, to);
  if (at === start || (bytes[start] === 0x30 && at > start + 1)) return bad(cursor);
  if (at < to && bytes[at] === 0x2e) {
    const fraction = at + 1;
    at = digits(bytes, fraction, to);
    if (at === fraction) return bad(cursor);
  }
  if (at < to && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    let exponent = at + 1;
    if (exponent < to && (bytes[exponent] === 0x2b || bytes[exponent] === 0x2d)) exponent++;
    at = digits(bytes, exponent, to);
    if (at === exponent) return bad(cursor);
  }
  return at;
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function text(cursor: Cursor, quote: number, to: number): number {
  const { bytes } = cursor;
  let at = quote + 1;
  while (at < to) {
    const byte = bytes[at++] as number;
    if (byte === QUOTE) return at;
    if (byte < 0x20) return bad(cursor);
    if (byte !== BACKSLASH) continue;
    if (at >= to) return bad(cursor);
    const escaped = bytes[at++] as number;
    if (escaped === 0x75) {
      if (to - at < 4) return bad(cursor);
      for (const stop = at + 4; at < stop; at++) if (!isHex(bytes[at] as number)) return bad(cursor);
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(escaped))) return bad(cursor);
  }
  return bad(cursor);
}

/** Escapes can spell the key in other ways, so a key that holds any is decoded: these are rare. */
function isForbiddenKey(bytes: Uint8Array, from: number, to: number): boolean {
  const slice = bytes.subarray(from, to);
  return slice.includes(BACKSLASH)
    ? JSON.parse(UTF8.decode(slice)) === '__proto__'
    : isProtoKey(bytes, from + 1, to - 1);
}

function object(cursor: Cursor, from: number, to: number, depth: number): number {
  if (depth < 0) return cursor.fail('update_limit', 'a value is nested too deep');
  const { bytes } = cursor;
  let at = space(bytes, from, to);
  if (at < to && bytes[at] === 0x7d) return at + 1;
  for (;;) {
    if (at >= to || bytes[at] !== QUOTE) return bad(cursor);
    const key = at;
    at = text(cursor, key, to);
    if (at < 0) return FAILED;
    if (isForbiddenKey(bytes, key, at)) return cursor.fail('update_unsupported', 'key __proto__');
    at = space(bytes, at, to);
    if (at >= to || bytes[at] !== 0x3a) return bad(cursor);
    at = value(cursor, space(bytes, at + 1, to), to, depth);
    if (at < 0) return FAILED;
    at = space(bytes, at, to);
    if (at >= to) return bad(cursor);
    if (bytes[at] === 0x7d) return at + 1;
    if (bytes[at] !== 0x2c) return bad(cursor);
    at = space(bytes, at + 1, to);
  }
}

function list(cursor: Cursor, from: number, to: number, depth: number): number {
  if (depth < 0) return cursor.fail('update_limit', 'a value is nested too deep');
  const { bytes } = cursor;
  let at = space(bytes, from, to);
  if (at < to && bytes[at] === 0x5d) return at + 1;
  for (;;) {
    at = value(cursor, at, to, depth);
    if (at < 0) return FAILED;
    at = space(bytes, at, to);
    if (at >= to) return bad(cursor);
    if (bytes[at] === 0x5d) return at + 1;
    if (bytes[at] !== 0x2c) return bad(cursor);
    at = space(bytes, at + 1, to);
  }
}
