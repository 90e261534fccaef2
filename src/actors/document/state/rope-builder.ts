/** Puts a rope together: large pieces are shared, small ones are gathered. */
import * as encoding from 'lib0/encoding';
import { Rope } from '../../../lib/msgpack/rope.ts';

/** Pieces of so many bytes are shared. */
const SHARED_BYTES = 16_384;

export class RopeBuilder {
  readonly #pieces: Uint8Array[] = [];
  #encoder = encoding.createEncoder();

  varUint(value: number): void {
    encoding.writeVarUint(this.#encoder, value);
  }

  append(bytes: Uint8Array): void {
    if (bytes.byteLength < SHARED_BYTES) {
      encoding.writeUint8Array(this.#encoder, bytes);
      return;
    }
    this.#gather();
    this.#pieces.push(bytes);
  }

  finish(): Rope {
    this.#gather();
    return new Rope(this.#pieces);
  }

  #gather(): void {
    this.#pieces.push(encoding.toUint8Array(this.#encoder));
    this.#encoder = encoding.createEncoder();
  }
}
