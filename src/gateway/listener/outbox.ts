/**
 * What one WebSocket is sent, in the order of the calls (LISTENER4). A small message goes straight to the connection. A large one
 * is one unit: it is written in fragments as the peer reads them, so that its size does not count against the peer, and
 * its bytes stay shared with those who are sent the same. It does not know uWS or ws.
 *
 * LISTENER3 What waits behind a large message has the limit that everything has; and a peer that stops reading it, or reads
 *    slower than `MIN_PROGRESS_BYTES` in `PROGRESS_MS`, is ended.
 */
import type { Logger } from '../../lib/logger.ts';
import { Rope } from '../../lib/msgpack/rope.ts';
import { ticking } from '../../lib/timers.ts';
import type { SendOutcome } from './listener.ts';

export type Message = Uint8Array | string | Rope;
export type FragmentPlace = 'first' | 'middle' | 'last';
type Sent = (error?: Error | null) => void;

/** The connection below, on either listener. Nothing may be called after it is closed. */
export interface Wire {
  /** Bytes that it was given and the system has not taken. */
  bufferedBytes(): number;
  send(message: Uint8Array | string, isBinary: boolean, sent: Sent | undefined): SendOutcome;
  fragment(bytes: Uint8Array, place: FragmentPlace, isBinary: boolean, sent: Sent | undefined): void;
  terminate(): void;
}

export interface OutboxOptions {
  log: Logger;
  maxBackpressureBytes: number;
  /** From now on everything has to come through the outbox, or no longer. */
  onQueueing?: (isQueueing: boolean) => void;
  /** Before the first byte of a large message. */
  onLarge?: () => void;
  /** All has left, and the connection below had no reason to say so. */
  onDrained?: () => void;
  /** The peer has read some of a large message. */
  onProgress?: () => void;
}

/** Messages over this are written in fragments. */
export const LARGE_BYTES = 131_072;
const FRAGMENT_BYTES = 65_536;
/** Bytes that the connection is given ahead. */
const AHEAD_BYTES = 131_072;
/** Bytes that one peer is given before others have their turn. */
const TURN_BYTES = 524_288;
const PROGRESS_MS = 10_000;
const MIN_PROGRESS_BYTES = 262_144;

interface Entry {
  /** Whole, if it is small; else in pieces. */
  readonly content: Uint8Array | string | Rope;
  readonly bytes: number;
  readonly isBinary: boolean;
  readonly sent: Sent | undefined;
}

const sizeOf = (message: Message): number => (typeof message === 'string' ? message.length : message.byteLength);

export class Outbox {
  readonly #wire: Wire;
  readonly #options: OutboxOptions;
  readonly #aheadBytes: number;
  #queue: Entry[] = [];
  /** Of all that is queued: bytes that the connection was not given. */
  #unsentBytes = 0;
  /** Of what waits behind the first entry. */
  #behindBytes = 0;
  /** Where the first entry goes on. */
  #piece = 0;
  #offset = 0;
  #givenBytes = 0;
  #turn: NodeJS.Immediate | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(wire: Wire, options: OutboxOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#aheadBytes = Math.min(AHEAD_BYTES, options.maxBackpressureBytes);
  }

  /** Bytes that wait for the peer to read, here and below. */
  get bufferedBytes(): number {
    return this.#closed ? 0 : this.#unsentBytes + this.#wire.bufferedBytes();
  }

  /** A large message is on its way, or waits for its turn. */
  get isQueueing(): boolean {
    return this.#queue.length > 0;
  }

  /** @param isBinary what the message is when its type does not say: bytes may hold text */
  send(message: Message, isBinary = typeof message !== 'string', sent?: Sent): SendOutcome {
    if (this.#closed) return 'dropped';
    const bytes = sizeOf(message);
    const first = this.#queue.length === 0;
    if (first && bytes <= LARGE_BYTES) {
      return this.#wire.send(message instanceof Rope ? message.toBytes() : message, isBinary, sent);
    }
    const { maxBackpressureBytes } = this.#options;
    if ((first ? this.#wire.bufferedBytes() : this.#behindBytes) > maxBackpressureBytes) {
      this.#wire.terminate(); // LISTENER3
      return 'dropped';
    }
    const entry = entryOf(message, bytes, isBinary, sent);
    this.#queue.push(entry);
    this.#unsentBytes += entry.bytes;
    if (first) this.#begin();
    else this.#behindBytes += entry.bytes;
    return this.bufferedBytes === 0 ? 'sent' : 'buffered';
  }

  /** Goes on where the peer has read, as long as there is something. */
  pump(): void {
    if (this.#closed || this.#queue.length === 0 || this.#turn !== undefined) return;
    let left = TURN_BYTES;
    while (this.#queue.length > 0 && this.#wire.bufferedBytes() < this.#aheadBytes) {
      if (left <= 0) {
        this.#turn = setImmediate(() => {
          this.#turn = undefined;
          this.pump();
          if (!this.#closed && this.bufferedBytes === 0) this.#options.onDrained?.();
        });
        return;
      }
      left -= this.#give();
      // A write may find the connection broken.
      if (this.#closed) return;
    }
    if (this.#queue.length === 0) this.#end();
  }

  /** After the connection is gone. */
  closed(): void {
    this.#closed = true;
    const unsent = this.#queue;
    this.#queue = [];
    for (const { content } of unsent) if (content instanceof Rope) content.sent?.();
    clearImmediate(this.#turn);
    clearInterval(this.#deadline);
  }

  #begin(): void {
    const { log, onLarge, onQueueing, onProgress } = this.#options;
    onLarge?.();
    let seenBytes = 0;
    this.#givenBytes = 0;
    this.#deadline = ticking(PROGRESS_MS, 'a large message', log, () => {
      const readBytes = this.#givenBytes - this.#wire.bufferedBytes();
      if (readBytes - seenBytes < MIN_PROGRESS_BYTES) {
        this.#wire.terminate(); // LISTENER3
        return;
      }
      seenBytes = readBytes;
      onProgress?.();
    });
    this.#deadline.unref();
    // At once, whatever waits below: what was published before has then left, and nothing else comes in between (LISTENER4).
    this.#give();
    if (this.#closed) return;
    onQueueing?.(true);
    this.pump();
  }

  #end(): void {
    clearInterval(this.#deadline);
    this.#options.onQueueing?.(false);
  }

  /** The next fragment, or a small message. @returns its bytes */
  #give(): number {
    const entry = this.#queue[0]!;
    const { content, bytes, isBinary, sent } = entry;
    if (!(content instanceof Rope)) {
      this.#shift(bytes);
      this.#givenBytes += bytes;
      this.#wire.send(content, isBinary, sent);
      return bytes;
    }
    const piece = content.pieces[this.#piece]!;
    const place = this.#piece === 0 && this.#offset === 0 ? 'first' : 'middle';
    const fragment = piece.subarray(this.#offset, this.#offset + FRAGMENT_BYTES);
    this.#offset += fragment.byteLength;
    if (this.#offset === piece.byteLength) {
      this.#piece += 1;
      this.#offset = 0;
    }
    const isLast = this.#piece === content.pieces.length;
    if (isLast) this.#shift(fragment.byteLength);
    else this.#unsentBytes -= fragment.byteLength;
    this.#givenBytes += fragment.byteLength;
    this.#wire.fragment(fragment, isLast ? 'last' : place, isBinary, isLast ? sent : undefined);
    if (isLast) content.sent?.();
    return fragment.byteLength;
  }

  #shift(lastBytes: number): void {
    this.#queue.shift();
    this.#unsentBytes -= lastBytes;
    this.#behindBytes -= this.#queue[0]?.bytes ?? 0;
    this.#piece = 0;
    this.#offset = 0;
  }
}

/** A large message in pieces; a rope of small pieces would be a fragment each, so it is made one. */
function entryOf(message: Message, bytes: number, isBinary: boolean, sent: Sent | undefined): Entry {
  if (bytes <= LARGE_BYTES) {
    const content = message instanceof Rope ? message.toBytes() : message;
    return { content, bytes: typeof content === 'string' ? Buffer.byteLength(content) : bytes, isBinary, sent };
  }
  if (message instanceof Rope) return { content: message, bytes, isBinary, sent };
  const whole = typeof message === 'string' ? Buffer.from(message) : message;
  return { content: new Rope([whole]), bytes: whole.byteLength, isBinary, sent };
}
