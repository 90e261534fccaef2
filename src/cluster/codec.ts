/**
 * How values travel between nodes: MessagePack, without msgpackr's own record extension, so that any MessagePack
 * library can read a frame. Knows no frames and no channels.
 *
 * Decoded bytes are plain `Uint8Array`s on memory of their own: a small update kept in a mailbox must not pin the whole
 * network buffer that it came in.
 */
import { Packr, Unpackr } from 'msgpackr';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, copyBuffers: true });

/**
 * Encodes plain data.
 * @throws when the value is not plain data, for example cyclic
 */
export function encodeValue(value: unknown): Uint8Array {
  return packr.pack(value);
}

/**
 * Decodes one value.
 * @throws when the bytes are not one MessagePack value
 */
export function decodeValue(bytes: Uint8Array): unknown {
  return unpackr.unpack(withoutBuffer(bytes));
}

/**
 * Decodes values that stand one after the other and hands each on.
 * @throws when the bytes end within a value; the values before that one have been handed on
 */
export function decodeSequence(bytes: Uint8Array, each: (value: unknown) => void): void {
  if (bytes.byteLength === 0) return;
  unpackr.unpackMultiple(withoutBuffer(bytes), (value: unknown) => {
    each(value);
  });
}

// msgpackr slices what it is given: out of a Node Buffer it would cut Buffers, which other code should not rely on.
function withoutBuffer(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
