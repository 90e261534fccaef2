/**
 * Who may open a socket: handshake rate, origin, credentials. A handshake that is refused here cost one HTTP request head.
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
import { rightsFailure } from './token-rights.ts';

export interface HandshakeLimits {
  maxHandshakesPerSecond: number;
  maxHandshakesPerAddressPerSecond: number;
  /** With a ticket. */
  maxHandshakesPerUserPerSecond: number;
}

/** Most addresses, and most users, remembered; a full bucket can be dropped. */
const MAX_REMEMBERED = 10_000;
/** One in this many of the node's handshakes is reserved for those with a ticket. */
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
 * Handshakes per second: on the node, from one address, of one user. Handshakes without a ticket never use up the node's whole
 * rate. One with a ticket counts by its user, from any address; beyond the user's rate it counts like any other. // I9:
 */
export class HandshakeRate {
  readonly #clock: Clock;
  readonly #node: TokenBucket;
  readonly #anonymous: TokenBucket;
  readonly #addresses: Buckets;
  readonly #users: Buckets;

  constructor(limits: HandshakeLimits, clock: Clock) {
    this.#clock = clock;
    const rate = limits.maxHandshakesPerSecond;
    const open = rate - Math.floor(rate / RESERVED_FRACTION);
    this.#node = new TokenBucket(rate, rate, clock.now());
    this.#anonymous = new TokenBucket(open, open, clock.now());
    this.#addresses = new Buckets(limits.maxHandshakesPerAddressPerSecond);
    this.#users = new Buckets(limits.maxHandshakesPerUserPerSecond);
  }

  /** @param userId of the ticket that the handshake carries */
  take(address: string, userId?: string): boolean {
    const now = this.#clock.now();
    if (userId !== undefined && this.#users.take(userId, now)) return this.#node.take(now);
    return this.#addresses.take(networkOf(address), now) && this.#anonymous.take(now) && this.#node.take(now);
  }
}

/**
 * True when a browser's page of this origin may open sockets here. No origin: not a browser.
 *
 * Scheme and host make an origin (RFC 6454): a page that came over plain HTTP may have been tampered with on its way, so it gets no
 * socket with a cookie of TLS. The other way round is harmless, and what a proxy that is not listed looks like.
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

/** Refuses a socket by `connect_error`, whose `data` is the error body. */
export function connectError(code: ErrorCode, retryAfterMs?: number): Error {
  const { error } = failure(code, retryAfterMs);
  return Object.assign(new Error(error.message), { data: error });
}

/** Milliseconds for which a connection may stay that asked for nothing yet, or was refused. */
export const SILENCE_MS = 5_000;

/** A middleware's `next` which also ends the connection of a client that is refused and does not leave by itself (I9). */
export const closingRefused =
  (socket: Socket, next: (error?: Error) => void) =>
  (error?: Error): void => {
    next(error);
    if (error !== undefined) setTimeout(() => socket.conn.close(), SILENCE_MS).unref();
  };

export interface AdmissionPorts {
  authenticator: Authenticator;
  allowedOrigins: readonly string[];
  /** The client behind a connection from `address`, behind trusted proxies. */
  peerOf(headers: IncomingMessage['headers'], address: string): Peer;
  site: Site;
  isDraining(): boolean;
}

/**
 * Authenticates a new socket: by `auth.token`, else by the session cookie. An API token needs the scope for reading; what else it
 * may do is checked when it opens a document. Throws what `connect_error` carries.
 */
export async function identify(socket: Socket, ports: AdmissionPorts): Promise<Identity> {
  const { headers, address } = socket.handshake;
  const peer = ports.peerOf(headers, address);
  if (ports.isDraining()) throw connectError('draining');
  if (!originAllowed(headers, peer.secure, ports.allowedOrigins)) throw connectError('bad_origin');
  const token: unknown = socket.handshake.auth.token;
  let identity: Identity | undefined;
  try {
    identity =
      typeof token === 'string'
        ? await ports.authenticator.byToken(token)
        : await ports.authenticator.byCookieHeader(headers.cookie, peer.secure);
  } catch {
    throw connectError('unavailable', 1_000);
  }
  if (!identity) throw connectError('unauthenticated');
  const scheme = typeof token === 'string' ? 'bearer' : 'cookie';
  const refused = rightsFailure(identity, { scope: 'documents:read', scheme, ...peer });
  if (refused) throw connectError(refused.error.code);
  return identity;
}
