/** Repeated requests: the same `Idempotency-Key` of the same user gets the first request's answer for 24 hours. */
export interface Repeats {
  /**
   * Runs `perform` once for a key. A repetition gets the stored answer with `Idempotency-Replayed: true`; while the first
   * one runs `in_progress`; with another fingerprint `idempotency_mismatch`. Answers of 500 and above are not kept.
   */
  once(userId: string, key: string, fingerprint: Uint8Array, perform: () => Promise<Response>): Promise<Response>;
}
