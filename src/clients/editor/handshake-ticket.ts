/**
 * The ticket that a handshake shows, so that a flood of strangers does not keep a signed-in author out. It is fetched over HTTP
 * when a handshake failed, from where that was, and then serves every node.
 */
import type { HandshakeTicket } from '../../../schemas/http.ts';

export interface TicketSourceOptions {
  token: string | undefined;
  timeoutMs: number;
  now: () => number;
}

/** A ticket with less time left is fetched anew. */
const RENEW_MS = 86_400_000;

export class TicketSource {
  readonly #options: TicketSourceOptions;
  #ticket: HandshakeTicket | undefined;
  #isFetching = false;

  constructor(options: TicketSourceOptions) {
    this.#options = options;
  }

  get ticket(): string | undefined {
    return this.#ticket?.ticket;
  }

  /** Never rejects: without a ticket the client counts as anonymous. */
  async fetch(url: string): Promise<void> {
    const { token, timeoutMs, now } = this.#options;
    if (this.#isFetching || (this.#ticket && Date.parse(this.#ticket.expiresAt) - now() > RENEW_MS)) return;
    this.#isFetching = true;
    try {
      const answer = await fetch(new URL('/v1/handshake-ticket', url), {
        credentials: 'include',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.ok) this.#ticket = (await answer.json()) as HandshakeTicket;
    } catch {
      // The node is away; the next attempt asks again.
    } finally {
      this.#isFetching = false;
    }
  }
}
