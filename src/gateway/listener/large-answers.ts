/**
 * Admission of answers that hold a large document: how much of them this node keeps in memory until their readers have taken
 * them, and how much one user may have sent. Knows neither sockets nor documents.
 *
 * I9: bytes that many answers share count once. A user has a part of it at most, so that nobody is kept out by one; and
 * what opening costs is counted, however few the opens are. (I10)
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { Rope } from '../../lib/msgpack/rope.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';
import { LARGE_BYTES } from './outbox.ts';

export interface LargeAnswerLimits {
  /** Bytes of large answers that wait for their readers, on the node. */
  maxLargeAnswerBytes: number;
  /** Bytes of large answers a second, and at once, to one user. */
  maxOpenBytesPerSecond: number;
  maxOpenByteBurst: number;
}

/** An answer that was let in. */
export interface LargeAnswer {
  /** Says of itself when it was sent. */
  readonly update: Rope;
  /** Resolves when it was sent, or will not be. */
  readonly gone: Promise<void>;
  /** It was sent, or will not be. May be called again. */
  release(): void;
}

/** One user may have this part of what the node keeps. */
const USERS_SHARE = 4;
/** Pieces below this are the answer's own and small. */
const COUNTED_BYTES = 16_384;
const RETRY_MS = 1_000;
/** So many users are remembered before those who had nothing lately are forgotten. */
const MAX_REMEMBERED = 10_000;

export class LargeAnswers {
  readonly #limits: LargeAnswerLimits;
  readonly #clock: Clock;
  readonly #all = new Pinned();
  readonly #users = new Map<string, Pinned>();
  readonly #spent = new Map<string, TokenBucket>();

  constructor(limits: LargeAnswerLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Bytes that are kept for readers. */
  get bytes(): number {
    return this.#all.bytes;
  }

  /** Undefined for what is not large: it needs no admission. */
  admit(userId: string, update: Uint8Array | Rope): LargeAnswer | Failure | undefined {
    if (update.byteLength <= LARGE_BYTES) return undefined;
    const { maxLargeAnswerBytes } = this.#limits;
    const pieces = update instanceof Rope ? update.pieces : [update];
    const buffers = new Set(pieces.filter(({ byteLength }) => byteLength >= COUNTED_BYTES).map(({ buffer }) => buffer));
    const user = this.#users.get(userId) ?? new Pinned();
    if (
      this.#all.wouldExceed(buffers, maxLargeAnswerBytes) ||
      user.wouldExceed(buffers, maxLargeAnswerBytes / USERS_SHARE)
    ) {
      return failure('overloaded', RETRY_MS);
    }
    const spent = this.#spentBy(userId);
    if (!spent.spend(this.#clock.now(), update.byteLength)) return failure('rate_limited', spent.waitMs());
    this.#users.set(userId, user);
    for (const pinned of [this.#all, user]) pinned.add(buffers);
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    let isKept = true;
    const release = (): void => {
      if (!isKept) return;
      isKept = false;
      for (const pinned of [this.#all, user]) pinned.remove(buffers);
      if (user.bytes === 0 && this.#users.get(userId) === user) this.#users.delete(userId);
      resolve();
    };
    return { update: new Rope(pieces, release), gone, release };
  }

  #spentBy(userId: string): TokenBucket {
    const now = this.#clock.now();
    let bucket = this.#spent.get(userId);
    if (bucket) return bucket;
    if (this.#spent.size >= MAX_REMEMBERED) {
      for (const [id, other] of this.#spent) if (other.isFull(now)) this.#spent.delete(id);
    }
    const { maxOpenBytesPerSecond, maxOpenByteBurst } = this.#limits;
    bucket = new TokenBucket(maxOpenBytesPerSecond, maxOpenByteBurst, now);
    this.#spent.set(userId, bucket);
    return bucket;
  }
}

/** Buffers that somebody still needs, each counted once. */
class Pinned {
  readonly #uses = new Map<ArrayBufferLike, number>();
  bytes = 0;

  /** One alone may be larger than the limit: else a document of that size could never be opened. */
  wouldExceed(buffers: ReadonlySet<ArrayBufferLike>, maxBytes: number): boolean {
    let more = 0;
    for (const buffer of buffers) if (!this.#uses.has(buffer)) more += buffer.byteLength;
    return more > 0 && this.bytes > 0 && this.bytes + more > maxBytes;
  }

  add(buffers: ReadonlySet<ArrayBufferLike>): void {
    for (const buffer of buffers) {
      const uses = this.#uses.get(buffer) ?? 0;
      if (uses === 0) this.bytes += buffer.byteLength;
      this.#uses.set(buffer, uses + 1);
    }
  }

  remove(buffers: ReadonlySet<ArrayBufferLike>): void {
    for (const buffer of buffers) {
      const uses = (this.#uses.get(buffer) ?? 1) - 1;
      if (uses > 0) {
        this.#uses.set(buffer, uses);
        continue;
      }
      this.#uses.delete(buffer);
      this.bytes -= buffer.byteLength;
    }
  }
}
