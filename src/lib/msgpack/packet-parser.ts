/**
 * Socket.IO's `parser` option for both ends: packets as single MessagePack frames, so that binary travels in one frame.
 * Wire-compatible with `socket.io-msgpack-parser`, which third parties use; strict where that one trusts its peer (I10).
 */
import { decode, encode, MsgpackError } from './msgpack.ts';

/** Packet types of the Socket.IO protocol, version 5. */
const CONNECT = 0;
const DISCONNECT = 1;
export const EVENT = 2;
export const ACK = 3;
const CONNECT_ERROR = 4;

export interface Packet {
  type: number;
  nsp: string;
  data?: unknown;
  id?: number;
}

/** Of Socket.IO, which asks a parser for it. @public */
export const protocol = 5;

export class Encoder {
  encode(packet: Packet): Uint8Array[] {
    const { type, nsp, data, id } = packet;
    return [encode({ type, nsp, data, id })];
  }
}

/** @throws MsgpackError what is no packet */
export function decodePacket(bytes: Uint8Array): Packet {
  const packet = decode(bytes);
  assertPacket(packet);
  return packet;
}

/** Emits `decoded` with each packet; throws on anything else, upon which Socket.IO closes the connection. */
export class Decoder {
  #listeners: ((packet: Packet) => void)[] = [];

  add(chunk: unknown): void {
    const bytes = chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk;
    if (!(bytes instanceof Uint8Array)) throw new MsgpackError('text frames are not used here');
    const packet = decodePacket(bytes);
    for (const listener of this.#listeners) listener(packet);
  }

  on(event: 'decoded', listener: (packet: Packet) => void): this {
    if (event === 'decoded') this.#listeners.push(listener);
    return this;
  }

  off(_event?: 'decoded', listener?: (packet: Packet) => void): this {
    this.#listeners = listener ? this.#listeners.filter((one) => one !== listener) : [];
    return this;
  }

  removeListener(event: 'decoded', listener: (packet: Packet) => void): this {
    return this.off(event, listener);
  }

  destroy(): void {
    this.#listeners = [];
  }
}

function assertPacket(value: unknown): asserts value is Packet {
  const packet = value as Partial<Packet> | null;
  if (typeof packet !== 'object' || packet === null) throw new MsgpackError('not a packet');
  const { type, nsp, id } = packet;
  // MessagePack peers may write an absent value as nil.
  const data = packet.data ?? undefined;
  if (!Number.isInteger(type) || type! < CONNECT || type! > CONNECT_ERROR)
    throw new MsgpackError('no such packet type');
  if (typeof nsp !== 'string') throw new MsgpackError('no namespace');
  if (id === null) delete packet.id;
  else if (id !== undefined && !Number.isInteger(id)) throw new MsgpackError('bad packet id');
  if (data === undefined) delete packet.data;
  const isMap = typeof data === 'object' && !Array.isArray(data) && !(data instanceof Uint8Array);
  const fits =
    type === CONNECT
      ? data === undefined || isMap
      : type === DISCONNECT
        ? data === undefined
        : type === CONNECT_ERROR
          ? typeof data === 'string' || isMap
          : Array.isArray(data) && (type === ACK || data.length > 0);
  if (!fits) throw new MsgpackError('bad packet data');
}
