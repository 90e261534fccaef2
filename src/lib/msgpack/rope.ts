/**
 * Bytes in several pieces, so that large ones can be shared among many messages instead of being copied into each.
 * Whoever has a rope may read its pieces and must not change them.
 */
export class Rope {
  readonly pieces: readonly Uint8Array[];
  readonly byteLength: number;
  /** Called when the bytes were handed to their reader, or never will be: perhaps more than once. */
  readonly sent: (() => void) | undefined;

  constructor(pieces: readonly Uint8Array[], sent?: () => void) {
    this.sent = sent;
    this.pieces = pieces.filter(({ byteLength }) => byteLength > 0);
    this.byteLength = this.pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** One piece: itself if there is only one, else a copy. */
  toBytes(): Uint8Array {
    const [first] = this.pieces;
    if (first && this.pieces.length === 1) return first;
    const bytes = new Uint8Array(this.byteLength);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return bytes;
  }
}

/** A rope on its way through Engine.IO, which passes on any view of bytes as it is. The view itself is empty. */
export class RopeFrame extends Uint8Array {
  readonly rope: Rope;

  constructor(rope: Rope) {
    super(0);
    this.rope = rope;
  }
}
