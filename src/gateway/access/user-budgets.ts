/**
 * What each user does on this node over all sockets, tokens and sessions together: messages, opens and documents that are
 * open. // I9: a user with a hundred sockets has not a hundred times what a socket has.
 */
import type { Clock } from '../../lib/clock.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';

export interface UserLoadLimits {
  maxMessagesPerSecond: number;
  maxMessageBurst: number;
  maxOpensPerSecond: number;
  maxOpenBurst: number;
  maxDocumentsPerSocket: number;
  /** All sockets of a user may do so many times what one may. */
  socketLimitsPerUser: number;
}

/** Users remembered at most; forgetting one who does nothing changes nothing. */
const MAX_REMEMBERED = 10_000;

export class UserLoad {
  readonly messages: TokenBucket;
  readonly opens: TokenBucket;
  readonly #maxDocuments: number;
  #documents = 0;

  constructor(limits: UserLoadLimits, now: number) {
    const times = limits.socketLimitsPerUser;
    this.messages = new TokenBucket(limits.maxMessagesPerSecond * times, limits.maxMessageBurst * times, now);
    this.opens = new TokenBucket(limits.maxOpensPerSecond * times, limits.maxOpenBurst * times, now);
    this.#maxDocuments = limits.maxDocumentsPerSocket * times;
  }

  /** Counts a document that is opened on a socket; false, and nothing counted, when too many are open. */
  openDocument(): boolean {
    if (this.#documents >= this.#maxDocuments) return false;
    this.#documents += 1;
    return true;
  }

  /** After an `openDocument` that was true. */
  closeDocument(): void {
    this.#documents -= 1;
  }

  isIdle(now: number): boolean {
    return this.#documents === 0 && this.messages.isFull(now) && this.opens.isFull(now);
  }
}

export class UserLoads {
  readonly #limits: UserLoadLimits;
  readonly #clock: Clock;
  readonly #users = new Map<string, UserLoad>();

  constructor(limits: UserLoadLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  of(userId: string): UserLoad {
    let load = this.#users.get(userId);
    if (load) return load;
    const now = this.#clock.now();
    if (this.#users.size >= MAX_REMEMBERED) {
      for (const [id, other] of this.#users) if (other.isIdle(now)) this.#users.delete(id);
    }
    load = new UserLoad(this.#limits, now);
    this.#users.set(userId, load);
    return load;
  }
}
