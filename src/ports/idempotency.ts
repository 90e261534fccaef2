/** The responses to requests with an `Idempotency-Key`, shared by all nodes. */

export interface StoredResponse {
  status: number;
  headers: Record<string, string>;
  /** Undefined: too large to store. */
  body: Uint8Array | undefined;
}

export type BeginResult =
  /** Perform it, then `complete` or `abandon` this attempt. */
  | { state: 'started'; attempt: string }
  | { state: 'running' }
  /** The key belongs to another request. */
  | { state: 'mismatch' }
  | { state: 'completed'; response: StoredResponse };

export interface IdempotencyStore {
  begin(userId: string, key: string, fingerprint: Uint8Array): Promise<BeginResult>;
  complete(userId: string, key: string, attempt: string, response: StoredResponse): Promise<void>;
  /** Releases the key, as if it had never been used. */
  abandon(userId: string, key: string, attempt: string): Promise<void>;
  /** Deletes expired keys; a timer does it periodically. Resolves with their number. */
  purge(): Promise<number>;
  close(): void;
}
