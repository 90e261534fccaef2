/** I9: whose account one request in progress goes on: its address's, until it counts by its user. */
import { networkOf } from '../../lib/addresses.ts';
import type { ListenerOptions } from './listener.ts';

export class RequestShare {
  readonly #options: Pick<ListenerOptions, 'requests' | 'signedIn'>;
  readonly #client: string;
  readonly #network: string;
  #of: 'address' | 'user' | 'nobody' = 'nobody';

  /**
   * @param client whose request it is
   * @param remoteAddress whose connection it came on
   */
  constructor(options: Pick<ListenerOptions, 'requests' | 'signedIn'>, client: string, remoteAddress: string) {
    this.#options = options;
    this.#client = client;
    this.#network = networkOf(remoteAddress);
  }

  /** Whether the address may have one more in progress. */
  take(): boolean {
    const { requests } = this.#options;
    if (requests?.acquire(this.#client) === false) return false;
    this.#of = 'address';
    return true;
  }

  countsByUser(): void {
    if (this.#of !== 'address') return;
    this.#options.requests?.release(this.#client);
    this.#options.signedIn?.acquire(this.#network);
    this.#of = 'user';
  }

  /** The request is over; again, nothing. */
  end(): void {
    if (this.#of === 'address') this.#options.requests?.release(this.#client);
    if (this.#of === 'user') this.#options.signedIn?.release(this.#network);
    this.#of = 'nobody';
  }
}
