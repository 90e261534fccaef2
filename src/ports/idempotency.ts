/** The first answers of requests with an `Idempotency-Key`, shared by all nodes. */

export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  /** Undefined: it was too large to keep. */
  body: Uint8Array | undefined;
}

export type Begun =
  /** To be performed, and then kept or dropped under this attempt. */
  | { state: 'ours'; attempt: string }
  | { state: 'running' }
  /** The key belongs to another request. */
  | { state: 'mismatch' }
  | { state: 'answered'; answer: KeptAnswer };

export interface KeptAnswers {
  begin(userId: string, key: string, fingerprint: Uint8Array): Promise<Begun>;
  keep(userId: string, key: string, attempt: string, answer: KeptAnswer): Promise<void>;
  /** As if it had never been asked. */
  drop(userId: string, key: string, attempt: string): Promise<void>;
  /** Forgets old keys; a timer does it now and then. Resolves with how many there were. */
  purge(): Promise<number>;
  close(): void;
}
