/**
 * Compares structs of an update with those that a document has under the same ids, and tells which deletions it has
 * already. Knows Yjs's struct store and the v1 encoding of content; knows no users and no limits.
 *
 * Two copies of a struct need not be cut in the same places, and one of them may have lost its content: so clock by clock
 * what both still have must be the same, and what either of them has deleted or collected counts as the same.
 *
 * Invariants
 * K1 (I10) The work grows with the bytes of the update alone: a struct of the document is looked at for content that
 *    the update spells out, or out of a budget that the bytes give.
 * K2 What a Yjs client got from the document, or gave to it, always compares as the same.
 */
import { createDecoder, type Decoder, readAny, readVarUint } from 'lib0/decoding';
import {
  type AbstractType,
  type ContentAny,
  type ContentFormat,
  type ContentJSON,
  type ContentString,
  type GC,
  Item,
  UpdateEncoderV1,
} from 'yjs';
import type { UpdateBase } from './base.ts';
import { REF_ANY, REF_DELETED, REF_EMBED, REF_FORMAT, REF_JSON, REF_STRING } from './content.ts';

/** An item as the scan has read it: its anchors, and where its parts stand in the bytes. */
export interface ScannedItem {
  clock: number;
  hasOrigin: boolean;
  hasRight: boolean;
  hasParent: boolean;
  keyed: boolean;
  /** The item to the left, or the one that holds the parent type. */
  aClient: number;
  aClock: number;
  /** The item to the right. */
  bClient: number;
  bClock: number;
  rootFrom: number;
  rootTo: number;
  keyFrom: number;
  keyTo: number;
  ref: number;
  contentFrom: number;
  contentTo: number;
  /** Length in clock units. */
  units: number;
  /** Of a string: where it begins, after its length. */
  textFrom: number;
}

type Struct = Item | GC;

/** Structs that may be looked at for deletions alone, for each update and for each byte of it. */
const FREE_STEPS = 1_024;
const STEPS_A_BYTE = 1;

/** Of lib0's "any". */
const ANY_STRING = 119;
const ANY_OBJECT = 118;
const ANY_ARRAY = 117;
const ASCII_END = 0x80;
const SHORT_TEXT = 24;

const utf8 = new TextDecoder();
const REPLACEMENT = 0xfffd;

export class KnownStructs {
  readonly #bytes: Uint8Array;
  readonly #base: UpdateBase;
  #client = -1;
  #structs: readonly Struct[] = [];
  /** Where the last search ended: clients ask in ascending order. */
  #at = 0;
  /** Content of the item that is compared, once it was read. */
  #text: string | undefined;
  #values: unknown[] | undefined;
  #steps: number;

  constructor(bytes: Uint8Array, base: UpdateBase) {
    this.#bytes = bytes;
    this.#base = base;
    this.#steps = FREE_STEPS + bytes.byteLength * STEPS_A_BYTE;
  }

  /** Begins to ask about a client. @returns its clock */
  enter(client: number): number {
    this.#client = client;
    this.#at = 0;
    this.#structs = this.#base.structsOf(client);
    const last = this.#structs.at(-1);
    return last ? last.id.clock + last.length : 0;
  }

  /** Whether all of these clocks, which lie below the client's, are deleted. May say no when that takes too long (K1). */
  areDeleted(from: number, to: number): boolean {
    this.#seek(from);
    for (; this.#at < this.#structs.length; this.#at += 1) {
      const struct = this.#structs[this.#at] as Struct;
      if (struct.id.clock >= to) break;
      if (this.#steps === 0 || !struct.deleted) return false;
      this.#steps -= 1;
    }
    // The next range may begin within the same struct.
    this.#at = Math.max(this.#at - 1, 0);
    return true;
  }

  /** Whether the item is the document's, up to `to`, which is at most the client's clock. */
  agrees(item: ScannedItem, to: number): boolean {
    this.#seek(item.clock);
    this.#text = undefined;
    this.#values = undefined;
    for (let at = this.#at; at < this.#structs.length; at += 1) {
      const struct = this.#structs[at] as Struct;
      const { clock } = struct.id;
      if (clock >= to) break;
      if (struct instanceof Item) {
        if (clock <= item.clock ? !this.#startsAlike(item, struct) : !this.#runsOn(item, struct)) return false;
        if (!this.#hasContent(item, struct, Math.max(clock, item.clock), Math.min(clock + struct.length, to)))
          return false;
      }
      if (item.ref === REF_DELETED) break;
    }
    return true;
  }

  /** The struct at the item's first clock has the item's anchors. */
  #startsAlike(item: ScannedItem, struct: Item): boolean {
    const { origin, rightOrigin } = struct;
    if (item.hasRight !== (rightOrigin !== null)) return false;
    if (rightOrigin !== null && (rightOrigin.client !== item.bClient || rightOrigin.clock !== item.bClock))
      return false;
    if (struct.id.clock < item.clock) {
      return item.hasOrigin && item.aClient === this.#client && item.aClock === item.clock - 1;
    }
    if (item.hasOrigin !== (origin !== null)) return false;
    if (origin !== null) return origin.client === item.aClient && origin.clock === item.aClock;
    return item.hasRight || this.#hasPlace(item, struct);
  }

  /** A later struct follows the one before it, as a part of the item would. */
  #runsOn(item: ScannedItem, { id, origin, rightOrigin }: Item): boolean {
    if (origin === null || origin.client !== this.#client || origin.clock !== id.clock - 1) return false;
    if (rightOrigin === null) return !item.hasRight;
    return item.hasRight && rightOrigin.client === item.bClient && rightOrigin.clock === item.bClock;
  }

  #hasPlace(item: ScannedItem, { parent, parentSub }: Item): boolean {
    if (item.keyed ? parentSub !== this.#decode(item.keyFrom, item.keyTo) : parentSub !== null) return false;
    if (parent === null || !('_item' in parent)) return true;
    const holder = (parent as AbstractType<unknown>)._item;
    if (!item.hasParent) return holder === null && this.#base.isRoot(parent, this.#decode(item.rootFrom, item.rootTo));
    return holder !== null && holder.id.client === item.aClient && holder.id.clock === item.aClock;
  }

  /** Whether the item says the same as a struct of the document, from a clock to another. */
  #hasContent(item: ScannedItem, { content, id }: Item, from: number, to: number): boolean {
    const { clock, ref } = item;
    const known = content.getRef();
    if (ref === REF_DELETED || known === REF_DELETED) return true;
    if (known !== ref) return false;
    switch (ref) {
      case REF_STRING:
        return this.#hasText(item, from - clock, (content as ContentString).str, from - id.clock, to - from);
      case REF_ANY:
      case REF_JSON: {
        this.#values ??= readList(createDecoder(this.#contentBytes(item)), ref === REF_ANY ? readValue : readJson);
        const { arr } = content as ContentAny | ContentJSON;
        for (let at = from; at < to; at += 1) {
          if (!isSameValue(this.#values[at - clock], arr[at - id.clock])) return false;
        }
        return true;
      }
      default:
        return this.#sameSingle(this.#contentBytes(item), content);
    }
  }

  #hasText(item: ScannedItem, from: number, known: string, knownFrom: number, length: number): boolean {
    const { contentTo, units } = item;
    const start = contentTo - units;
    // As many bytes as characters: nothing to decode, and most text of a draft comes in small pieces.
    if (item.textFrom === start) {
      const bytes = this.#bytes;
      for (let at = 0; at < length; at += 1) {
        if (bytes[start + from + at] !== known.charCodeAt(knownFrom + at)) return false;
      }
      return true;
    }
    this.#text ??= utf8.decode(this.#bytes.subarray(item.textFrom, contentTo));
    return sameText(this.#text, from, known, knownFrom, length);
  }

  #contentBytes({ contentFrom, contentTo }: ScannedItem): Uint8Array {
    return this.#bytes.subarray(contentFrom, contentTo);
  }

  /** Content of one unit. Keys of objects may come in another order than Yjs writes them in. */
  #sameSingle(bytes: Uint8Array, content: Item['content']): boolean {
    const encoder = new UpdateEncoderV1();
    content.write(encoder, 0);
    const known = encoder.toUint8Array();
    if (isSameBytes(known, bytes)) return true;
    const decoder = createDecoder(bytes);
    switch (content.getRef()) {
      case REF_EMBED:
        return isSameValue(readJson(decoder), (content as Item['content'] & { embed: unknown }).embed);
      case REF_FORMAT: {
        const { key, value } = content as ContentFormat;
        return readText(decoder) === key && isSameValue(readJson(decoder), value);
      }
      default:
        return false;
    }
  }

  /** Gallops on to the struct that holds a clock. */
  #seek(clock: number): void {
    const structs = this.#structs;
    let low = this.#at;
    if (low >= structs.length || (structs[low] as Struct).id.clock > clock) low = 0;
    let step = 1;
    while (low + step < structs.length && (structs[low + step] as Struct).id.clock <= clock) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, structs.length) - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((structs[middle] as Struct).id.clock <= clock) low = middle;
      else high = middle - 1;
    }
    this.#at = low;
  }

  #decode(from: number, to: number): string {
    return utf8.decode(this.#bytes.subarray(from, to));
  }
}

/** A string behind its length. Short ones are made here: a text decoder takes longer to call. */
function readText(decoder: Decoder): string {
  const length = readVarUint(decoder);
  const from = decoder.pos;
  decoder.pos += length;
  const { arr } = decoder;
  if (length > SHORT_TEXT) return utf8.decode(arr.subarray(from, from + length));
  let text = '';
  for (let at = from; at < from + length; at += 1) {
    const byte = arr[at] as number;
    if (byte >= ASCII_END) return utf8.decode(arr.subarray(from, from + length));
    text += String.fromCharCode(byte);
  }
  return text;
}

function readJson(decoder: Decoder): unknown {
  const text = readText(decoder);
  return text === 'undefined' ? undefined : JSON.parse(text);
}

/** As lib0's `readAny`, for bytes that the scan has checked. */
function readValue(decoder: Decoder): unknown {
  switch (decoder.arr[decoder.pos]) {
    case ANY_STRING:
      decoder.pos += 1;
      return readText(decoder);
    case ANY_OBJECT: {
      decoder.pos += 1;
      const value: Record<string, unknown> = {};
      for (let left = readVarUint(decoder); left > 0; left -= 1) {
        const key = readText(decoder);
        value[key] = readValue(decoder);
      }
      return value;
    }
    case ANY_ARRAY:
      decoder.pos += 1;
      return readList(decoder, readValue);
    default:
      return readAny(decoder);
  }
}

function readList(decoder: Decoder, read: (decoder: Decoder) => unknown): unknown[] {
  const values: unknown[] = [];
  for (let left = readVarUint(decoder); left > 0; left -= 1) values.push(read(decoder));
  return values;
}

/** Values of JSON and of lib0's "any". The scan has bounded their depth. */
function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, at) => isSameValue(each, b[at]))
    );
  }
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && isSameBytes(a, b);
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && isSameValue(a[key as keyof typeof a], b[key as keyof typeof b] as unknown),
  );
}

/** Yjs puts U+FFFD in place of both halves when it cuts a character in two, and so does UTF-8 of a half. */
function sameText(a: string, aFrom: number, b: string, bFrom: number, length: number): boolean {
  if (a.slice(aFrom, aFrom + length) === b.slice(bFrom, bFrom + length)) return true;
  for (let at = 0; at < length; at += 1) {
    const mine = a.charCodeAt(aFrom + at);
    const known = b.charCodeAt(bFrom + at);
    if (mine === known) continue;
    if (!(mine === REPLACEMENT && isSurrogate(known)) && !(known === REPLACEMENT && isSurrogate(mine))) return false;
  }
  return true;
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at]);
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
