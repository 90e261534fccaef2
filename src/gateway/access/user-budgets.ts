/**
 * The budget of each user on this node, over all sockets, tokens and sessions together: messages, opens, and open documents.
 * // I9: a user with a hundred sockets does not get a hundred times the limits of one.
 */
import type { Clock } from '../../lib/clock.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';

export interface UserBudgetLimits {
  maxMessagesPerSecond: number;
  maxMessageBurst: number;
  maxOpensPerSecond: number;
  maxOpenBurst: number;
  maxDocumentsPerSocket: number;
  /** All sockets of a user together have this many times the limits of one. */
  socketLimitsPerUser: number;
}

/** Most users remembered; an idle one has a full budget, and can be dropped. */
const MAX_REMEMBERED = 10_000;

export class UserBudget {
  readonly messages: TokenBucket;
  readonly opens: TokenBucket;
  readonly #maxDocuments: number;
  #documents = 0;

  constructor(limits: UserBudgetLimits, now: number) {
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

export class UserBudgets {
  readonly #limits: UserBudgetLimits;
  readonly #clock: Clock;
  readonly #users = new Map<string, UserBudget>();

  constructor(limits: UserBudgetLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  of(userId: string): UserBudget {
    let budget = this.#users.get(userId);
    if (budget) return budget;
    const now = this.#clock.now();
    if (this.#users.size >= MAX_REMEMBERED) {
      for (const [id, other] of this.#users) if (other.isIdle(now)) this.#users.delete(id);
    }
    budget = new UserBudget(this.#limits, now);
    this.#users.set(userId, budget);
    return budget;
  }
}
