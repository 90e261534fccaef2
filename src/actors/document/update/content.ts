/**
 * Steps over the content of one item and measures how many clock units it takes.
 * It knows Yjs 13's content kinds in the v1 encoding and lib0's "any" values, and nothing of where items go.
 * Invariants: as the cursor's; a good length is at least 1 (Yjs never writes empty structs, and its binary
 * search over clocks breaks on them).
 */
import { type Cursor, FAILED } from './cursor.ts';
import { checkJson } from './json.ts';

/** The low five bits of a struct's info byte. */
export const REF_GC = 0;
export const REF_DELETED = 1;
export const REF_JSON = 2;
const REF_BINARY = 3;
export const REF_STRING = 4;
export const REF_EMBED = 5;
export const REF_FORMAT = 6;
export const REF_TYPE = 7;
export const REF_ANY = 8;
const REF_DOC = 9;
export const REF_SKIP = 10;

const TYPE_XML_ELEMENT = 3;
const TYPE_XML_HOOK = 5;
const TYPE_LAST = 6;

/** Reads the content of kind `ref`. Answers its length in clock units, or `FAILED`. */
export function readContent(cursor: Cursor, ref: number, maxDepth: number): number {
  switch (ref) {
    case REF_DELETED:
      return positive(cursor, cursor.varUint());
    case REF_JSON:
      return jsonList(cursor, maxDepth);
    case REF_BINARY:
      return raw(cursor) < 0 ? FAILED : 1;
    case REF_STRING:
      return positive(cursor, cursor.string());
    case REF_EMBED:
      return json(cursor, maxDepth) < 0 ? FAILED : 1;
    case REF_FORMAT:
      return cursor.key() < 0 || json(cursor, maxDepth) < 0 ? FAILED : 1;
    case REF_TYPE:
      return sharedType(cursor);
    case REF_ANY:
      return anyList(cursor, maxDepth);
    case REF_DOC:
      return cursor.fail('update_unsupported', 'subdocuments are not supported');
    default:
      return cursor.fail('update_malformed', 'unknown content');
  }
}

function positive(cursor: Cursor, length: number): number {
  return length === 0 ? cursor.fail('update_malformed', 'an empty struct') : length;
}

/** How many entries follow. Each takes a byte at least, so that a count beyond the bytes left is refused at once. */
function count(cursor: Cursor): number {
  const entries = cursor.varUint();
  return entries > cursor.end - cursor.pos ? cursor.fail('update_malformed', 'a list ends too early') : entries;
}

function raw(cursor: Cursor): number {
  const length = cursor.varUint();
  return length < 0 ? FAILED : cursor.skip(length);
}

function json(cursor: Cursor, maxDepth: number): number {
  return cursor.string() < 0 ? FAILED : checkJson(cursor, cursor.stringStart, cursor.pos, maxDepth);
}

function isUndefined(bytes: Uint8Array, from: number, to: number): boolean {
  const expected = 'undefined';
  if (to - from !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected.charCodeAt(i)) return false;
  return true;
}

function jsonList(cursor: Cursor, maxDepth: number): number {
  const entries = positive(cursor, count(cursor));
  for (let i = 0; i < entries; i++) {
    if (cursor.string() < 0) return FAILED;
    if (isUndefined(cursor.bytes, cursor.stringStart, cursor.pos)) continue;
    if (checkJson(cursor, cursor.stringStart, cursor.pos, maxDepth) < 0) return FAILED;
  }
  return entries;
}

function sharedType(cursor: Cursor): number {
  const type = cursor.varUint();
  if (type < 0) return FAILED;
  if (type > TYPE_LAST) return cursor.fail('update_malformed', 'unknown shared type');
  if ((type === TYPE_XML_ELEMENT || type === TYPE_XML_HOOK) && cursor.string() < 0) return FAILED;
  return 1;
}

function anyList(cursor: Cursor, maxDepth: number): number {
  const entries = positive(cursor, count(cursor));
  for (let i = 0; i < entries; i++) if (anyValue(cursor, maxDepth) < 0) return FAILED;
  return entries;
}

function anyValue(cursor: Cursor, depth: number): number {
  switch (cursor.byte()) {
    case 127: // undefined
    case 126: // null
    case 121: // false
    case 120: // true
      return 0;
    case 125:
      return cursor.skipVarInt();
    case 124: // float32
      return cursor.skip(4);
    case 123: // float64
    case 122: // bigint
      return cursor.skip(8);
    case 119:
      return cursor.string();
    case 118:
      return anyEntries(cursor, true, depth - 1);
    case 117:
      return anyEntries(cursor, false, depth - 1);
    case 116:
      return raw(cursor);
    case FAILED:
      return FAILED;
    default:
      return cursor.fail('update_malformed', 'unknown value');
  }
}

function anyEntries(cursor: Cursor, keyed: boolean, depth: number): number {
  if (depth < 0) return cursor.fail('update_limit', 'a value is nested too deep');
  const entries = count(cursor);
  if (entries < 0) return FAILED;
  for (let i = 0; i < entries; i++) {
    if (keyed && cursor.key() < 0) return FAILED;
    if (anyValue(cursor, depth) < 0) return FAILED;
  }
  return 0;
}
