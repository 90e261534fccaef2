/**
 * Who may open a socket: rate of handshakes, origin, session. What is refused here has cost one HTTP request head.
 * Knows nothing of documents.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { type ErrorCode, failure } from '../../../schemas/errors.ts';
import { networkOf } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';
import type { Identity } from '../../ports/access.ts';
import type { Authenticator } from './authenticate.ts';
import type { Peer } from './peer.ts';
import type { Site } from './site.ts';
import { refusalOf } from './token-rights.ts';

export interface HandshakeLimits {
  maxHandshakesPerSecond: number;
  maxHandshakesPerAddressPerSecond: number;
  /** With a ticket. */
  maxHandshakesPerUserPerSecond: number;
}

/** Addresses, and users, remembered at most; forgetting a full bucket changes nothing. */
const MAX_REMEMBERED = 10_000;
/** Of the node's handshakes this fraction is reserved for those with a ticket: a quarter. */
const RESERVED_FRACTION = 4;

/** Buckets by key, each with the same rate. */
class Buckets {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  take(key: string, now: number): boolean {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= MAX_REMEMBERED) this.#forget(now);
      bucket = new TokenBucket(this.#perSecond, this.#perSecond, now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(now);
  }

  #forget(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    if (this.#buckets.size >= MAX_REMEMBERED) this.#buckets.clear();
  }
}

/**
 * Handshakes a second: on the node, from one address, of one user. Handshakes without a ticket never use up all that the node
 * takes. One with a ticket counts by its user, wherever it comes from; beyond the user's rate it is like any other. // I9:
 */
export class HandshakeRate {
  readonly #clock: Clock;
  readonly #node: TokenBucket;
  readonly #strangers: TokenBucket;
  readonly #addresses: Buckets;
  readonly #users: Buckets;

  constructor(limits: HandshakeLimits, clock: Clock) {
    this.#clock = clock;
    const rate = limits.maxHandshakesPerSecond;
    const open = rate - Math.floor(rate / RESERVED_FRACTION);
    this.#node = new TokenBucket(rate, rate, clock.now());
    this.#strangers = new TokenBucket(open, open, clock.now());
    this.#addresses = new Buckets(limits.maxHandshakesPerAddressPerSecond);
    this.#users = new Buckets(limits.maxHandshakesPerUserPerSecond);
  }

  /** @param userId of the ticket that the handshake shows */
  take(address: string, userId?: string): boolean {
    const now = this.#clock.now();
    if (userId !== undefined && this.#users.take(userId, now)) return this.#node.take(now);
    return this.#addresses.take(networkOf(address), now) && this.#strangers.take(now) && this.#node.take(now);
  }
}

/**
 * True when a browser's page of this origin may open sockets here. No origin: not a browser.
 *
 * Scheme and host make an origin (RFC 6454): a page that came in the clear may be anybody's who sits on the way, so it gets
 * no socket with the cookie of TLS. The other way round is harmless, and what a proxy that is not listed looks like.
 */
export function originAllowed(
  { origin, host }: IncomingMessage['headers'],
  secure: boolean,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  if (host === undefined) return false;
  const own = secure ? ['https'] : ['https', 'http'];
  return own.some((scheme) => URL.parse(`${scheme}://${host}`)?.origin === origin);
}

/** The query of a handshake, as Engine.IO reads it on both listeners and `socket.handshake.query` shows it later. */
export function queryOf(request: IncomingMessage): Readonly<Record<string, unknown>> {
  return (request as IncomingMessage & { _query: Record<string, string> })._query;
}

/** Refuses by `connect_error`, whose `data` is the error body. */
export function refusal(code: ErrorCode, retryAfterMs?: number): Error {
  const { error } = failure(code, retryAfterMs);
  return Object.assign(new Error(error.message), { data: error });
}

export interface AdmissionPorts {
  authenticator: Authenticator;
  allowedOrigins: readonly string[];
  /** Who is really at the other end of a connection from `address`. */
  peerOf(headers: IncomingMessage['headers'], address: string): Peer;
  site: Site;
  isDraining(): boolean;
}

/**
 * Finds who speaks through a new socket: `auth.token`, else the session cookie. An API token has to be good for reading;
 * what it may do beyond that is seen when it opens a document. Throws what `connect_error` says.
 */
export async function identify(socket: Socket, ports: AdmissionPorts): Promise<Identity> {
  const { headers, address } = socket.handshake;
  const peer = ports.peerOf(headers, address);
  if (ports.isDraining()) throw refusal('draining');
  if (!originAllowed(headers, peer.secure, ports.allowedOrigins)) throw refusal('bad_origin');
  const token: unknown = socket.handshake.auth.token;
  let identity: Identity | undefined;
  try {
    identity =
      typeof token === 'string'
        ? await ports.authenticator.byToken(token)
        : await ports.authenticator.byCookieHeader(headers.cookie, peer.secure);
  } catch {
    throw refusal('unavailable', 1_000);
  }
  if (!identity) throw refusal('unauthenticated');
  const proof = typeof token === 'string' ? 'bearer' : 'cookie';
  const refused = refusalOf(identity, { scope: 'documents:read', proof, ...peer });
  if (refused) throw refusal(refused.error.code);
  return identity;
}
