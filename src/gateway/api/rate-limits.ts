/**
 * Requests a minute of one token or session, and of one address over all of them (I9). Counted in Redis where there is
 * one, so that all nodes count together; in this process when there is none or it is away.
 */
export interface RateState {
  /** Requests within the window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window begins anew. */
  readonly resetMs: number;
  /** 0: admitted. Else the milliseconds to wait. */
  readonly waitMs: number;
}

export interface RateLimits {
  /** Counts one request of an address. Never rejects. */
  address(address: string): Promise<RateState>;
  /** Counts one request of a token or session. Never rejects. */
  holder(id: string): Promise<RateState>;
}
