/**
 * The connections of one uWS listener, of all kinds: how many there are, and where they come from. It does not know what
 * is asked on them.
 */
import type { HttpResponse } from 'uWebSockets.js';
import { normalizeAddress } from './request-target.ts';

export class UwsConnections {
  #open = 0;
  /**
   * Where all that are open come from, if that is one address: a proxy's. To ask uWS for it with each request costs more
   * than all else that a known page does. uWS does not tell which connection closed, so that once there was a second
   * address each request is asked again, until none is open.
   */
  #common: string | undefined;

  /** One was accepted. @returns how many are open */
  opened(response: HttpResponse): number {
    const address = remoteAddressOf(response);
    if (this.#open === 0) this.#common = address;
    else if (this.#common !== address) this.#common = undefined;
    this.#open += 1;
    return this.#open;
  }

  closed(): void {
    this.#open -= 1;
  }

  addressOf(response: HttpResponse): string {
    return this.#common ?? remoteAddressOf(response);
  }
}

/** The peer's address; empty when it is gone. Decoding text is left to IPv6. */
function remoteAddressOf(response: HttpResponse): string {
  const bytes = new Uint8Array(response.getRemoteAddress());
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  return normalizeAddress(Buffer.from(response.getRemoteAddressAsText()).toString());
}
