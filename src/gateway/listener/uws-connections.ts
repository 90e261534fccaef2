/**
 * The connections of one uWS listener, of all kinds: how many there are, and where they come from. It does not know what
 * is asked on them.
 */
import type { HttpResponse } from 'uWebSockets.js';
import { addressOfBytes, networkOf } from '../../lib/addresses.ts';
import type { ListenerOptions } from './listener.ts';
import { readConnections } from './system-connections.ts';

/** The system is asked at most so often who is connected, and only while one address could have too many. */
const READ_EVERY_MS = 250;

export class UwsConnections {
  readonly #options: Pick<ListenerOptions, 'limits' | 'isProxy' | 'signedIn' | 'strangers' | 'log'>;
  #open = 0;
  #port: number | undefined;
  /** What the system said last, and what came since. */
  #known: ReadonlyMap<string, number> = new Map();
  #since = new Map<string, number>();
  #reading = false;
  #isSilent = false;
  #nextReadAt = 0;
  /**
   * Where all that are open come from, if that is one address: a proxy's. To ask uWS for it with each request costs more
   * than all else that a known page does. uWS does not tell which connection closed, so that once there was a second
   * address each request is asked again, until none is open.
   */
  #common: string | undefined;

  constructor(options: Pick<ListenerOptions, 'limits' | 'isProxy' | 'signedIn' | 'strangers' | 'log'>) {
    this.#options = options;
  }

  listening(port: number): void {
    this.#port = port;
  }

  /** One was accepted. @returns whether it may stay */
  opened(response: HttpResponse): boolean {
    const address = remoteAddressOf(response);
    if (this.#open === 0) this.#common = address;
    else if (this.#common !== address) this.#common = undefined;
    this.#open += 1;
    return this.#open <= this.#options.limits.maxConnections && this.#hasPlace(address) && !this.#hasTooMany(address);
  }

  closed(): void {
    this.#open -= 1;
  }

  addressOf(response: HttpResponse): string {
    return this.#common ?? remoteAddressOf(response);
  }

  /**
   * I9: authors keep a share. uWS gives no way to close a connection on which nothing was asked, so that whoever is idle makes
   * no room for whoever comes. Sockets of strangers have a share of their own, and when it is full half of what is left
   * takes those of whom nothing is known yet: among them are authors.
   */
  #hasPlace(address: string): boolean {
    const { limits, isProxy, signedIn, strangers } = this.#options;
    const { maxConnections, maxStrangerConnections = maxConnections } = limits;
    const sockets = strangers?.() ?? 0;
    const unknown = this.#open - (signedIn?.total() ?? 0) - sockets;
    const places = Math.max(maxStrangerConnections - sockets, (maxConnections - maxStrangerConnections) / 2);
    if (unknown <= places) return true;
    return isProxy?.(address) === true || signedIn?.has(networkOf(address)) === true;
  }

  /**
   * I9: uWS does not tell whose connection closed, so how many an address has is for the system to say: some more than its
   * bound may come while it is asked for the first time.
   */
  #hasTooMany(address: string): boolean {
    const { limits, isProxy, signedIn } = this.#options;
    // Below it no address can have too many soon.
    if (this.#open <= limits.maxConnectionsPerAddress / 2) {
      this.#known = new Map();
      this.#since.clear();
      return false;
    }
    if (isProxy?.(address)) return false;
    const network = networkOf(address);
    const since = (this.#since.get(network) ?? 0) + 1;
    this.#since.set(network, since);
    this.#read();
    const strangers = (this.#known.get(network) ?? 0) + since - (signedIn?.count(network) ?? 0);
    return strangers > limits.maxConnectionsPerAddress;
  }

  #read(): void {
    if (this.#reading || this.#port === undefined || performance.now() < this.#nextReadAt) return;
    this.#reading = true;
    // What comes while the system is asked may be in its answer or not: counted twice for a moment rather than not at all.
    this.#since = new Map();
    readConnections(this.#port)
      .then((known) => {
        this.#known = known;
        this.#isSilent = false;
      })
      .catch((error: unknown) => {
        // What came is not kept: nothing would say that it went, and honest addresses would be over their bound for good.
        if (!this.#isSilent) {
          this.#options.log.warn({ err: error }, 'the system does not list connections: limits per address are off');
        }
        this.#isSilent = true;
      })
      .finally(() => {
        this.#reading = false;
        this.#nextReadAt = performance.now() + READ_EVERY_MS;
      });
  }
}

/** The peer's address; empty when it is gone. */
function remoteAddressOf(response: HttpResponse): string {
  const bytes = new Uint8Array(response.getRemoteAddress());
  return bytes.length === 4 ? bytes.join('.') : addressOfBytes([...bytes]);
}
