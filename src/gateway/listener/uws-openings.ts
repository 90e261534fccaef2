/**
 * What sockets of one uWS app do at their opening, put off until uWS is through with the upgrade. It does not know what
 * that is.
 *
 * U9 After an upgrade within a cork uWS (before July 2026) looks at a flag of the HTTP response, whose memory the upgrade gave
 *    back. Whatever was allocated there meanwhile may say that the connection ends, and the new socket is closed without a
 *    close frame (uNetworking/uWebSockets pull request 1929). So nothing is done in between.
 * U10 An upgrade while uWS reads another request of the same app makes it take the new socket for that request's. So an
 *    upgrade comes in a turn of its own.
 */
import type { HttpResponse } from 'uWebSockets.js';

export class UwsOpenings {
  #opening: (() => void) | undefined;

  /** From the native open handler. Not called if the socket ends before. */
  defer(open: () => void): void {
    this.#opening = open;
  }

  /** From the native close handler. @returns whether the socket ended before its opening */
  closed(): boolean {
    const ended = this.#opening !== undefined;
    this.#opening = undefined;
    return ended;
  }

  /** @param upgrade calls the native one, at most once; not from within a native handler (U10) */
  run(response: HttpResponse, upgrade: () => void): void {
    response.cork(upgrade);
    const open = this.#opening;
    this.#opening = undefined;
    open?.();
  }
}
