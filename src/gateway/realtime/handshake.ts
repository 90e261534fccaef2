/**
 * Who may open a socket: rate of handshakes, origin, session. What is refused here has cost one HTTP request head.
 * Knows nothing of documents.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { type ErrorCode, failure } from '../../../schemas/errors.ts';
import type { Identity } from '../../ports/access.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Authenticator } from '../api/authenticate.ts';
import type { Peer } from '../peer.ts';
import type { Site } from '../site.ts';
import { TokenBucket } from '../token-bucket.ts';
import { refusalOf } from '../token-rights.ts';

export interface HandshakeLimits {
  maxHandshakesPerSecond: number;
  maxHandshakesPerAddressPerSecond: number;
}

/** Addresses remembered at most; forgetting a full bucket changes nothing. */
const MAX_ADDRESSES = 10_000;

/** Of the node's handshakes so many are kept for addresses from which somebody has signed in: a quarter. */
const KEPT_SHARE = 4;

/**
 * Handshakes a second, on the node and from one address. Strangers never use up all: whoever comes back from where they had
 * a socket before finds a share of their own, whatever storms the node.
 */
export class HandshakeRate {
  readonly #limits: HandshakeLimits;
  readonly #clock: Clock;
  readonly #node: TokenBucket;
  readonly #strangers: TokenBucket;
  readonly #known = new Set<string>();
  readonly #addresses = new Map<string, TokenBucket>();

  constructor(limits: HandshakeLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    const rate = limits.maxHandshakesPerSecond;
    const open = rate - Math.floor(rate / KEPT_SHARE);
    this.#node = new TokenBucket(rate, rate, clock.now());
    this.#strangers = new TokenBucket(open, open, clock.now());
  }

  take(address: string): boolean {
    const now = this.#clock.now();
    let bucket = this.#addresses.get(address);
    if (!bucket) {
      if (this.#addresses.size >= MAX_ADDRESSES) this.#forget(now);
      const { maxHandshakesPerAddressPerSecond: rate } = this.#limits;
      bucket = new TokenBucket(rate, rate, now);
      this.#addresses.set(address, bucket);
    }
    if (!bucket.take(now)) return false;
    return (this.#known.has(address) || this.#strangers.take(now)) && this.#node.take(now);
  }

  /** Somebody has signed in from there. */
  recognise(address: string): void {
    this.#known.delete(address);
    this.#known.add(address);
    for (const oldest of this.#known) {
      if (this.#known.size <= MAX_ADDRESSES) break;
      this.#known.delete(oldest);
    }
  }

  #forget(now: number): void {
    for (const [address, bucket] of this.#addresses) if (bucket.isFull(now)) this.#addresses.delete(address);
    if (this.#addresses.size >= MAX_ADDRESSES) this.#addresses.clear();
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
