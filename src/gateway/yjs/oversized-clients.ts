/**
 * Clients whose last frame was larger than a frame may be. The transport ends such a socket as it must, with 1009 or without
 * a close frame, and a stock client takes neither for final: it would come back for ever and send the same again. So the
 * next socket of that client is told, once; a client that was made smaller meanwhile comes in at its next attempt.
 */

/** Everybody's; above it the oldest is forgotten, which costs its client one more attempt. // I9: */
const MAX_CLIENTS = 10_000;

export class Oversized {
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
