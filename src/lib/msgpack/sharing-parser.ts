/**
 * Socket.IO's `parser` option for a server whose sockets take ropes (gateway/listener): large binary values in a packet are
 * shared with whoever is sent the same. On the wire nothing differs from packet-parser.ts.
 */
import { encodeShared } from './msgpack.ts';
import { type Packet, Encoder as PlainEncoder } from './packet-parser.ts';
import { Rope, RopeFrame } from './rope.ts';

/** Socket.IO asks a parser for them. @public */
export { Decoder, protocol } from './packet-parser.ts';

export class Encoder extends PlainEncoder {
  override encode({ type, nsp, data, id }: Packet): Uint8Array[] {
    const encoded = encodeShared({ type, nsp, data, id });
    return [encoded instanceof Rope ? new RopeFrame(encoded) : encoded];
  }
}
