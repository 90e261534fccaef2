/**
 * Clients whose last frame exceeded the limit. The transport closes such a socket with 1009 or without a close frame, and a stock
 * client takes neither as final: it would reconnect for ever and send the same again. So the next socket of that client gets a
 * final close code, once; a client whose update became smaller meanwhile gets in at its next attempt.
 */

/** Most clients remembered; dropping the oldest costs its client one more attempt. // I9: */
const MAX_CLIENTS = 10_000;

export class OversizedClients {
  readonly #clients = new Set<string>();

  add(userId: string, documentId: string, clientId: number): void {
    const key = keyOf(userId, documentId, clientId);
    this.#clients.delete(key);
    this.#clients.add(key);
    if (this.#clients.size > MAX_CLIENTS) this.#clients.delete(this.#clients.values().next().value ?? key);
  }

  /** @returns whether it was there; it is not any more */
  take(userId: string, documentId: string, clientId: number): boolean {
    return this.#clients.delete(keyOf(userId, documentId, clientId));
  }
}

const keyOf = (userId: string, documentId: string, clientId: number): string => `${userId} ${documentId} ${clientId}`;
