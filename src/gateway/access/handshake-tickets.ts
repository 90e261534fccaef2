/**
 * Tickets for handshakes: a user, an end and a signature over both, that whoever is signed in gets over HTTP. A node checks
 * one without looking anything up, before it decides whether a handshake takes of what strangers compete for. // I9:
 *
 * A ticket opens nothing and ends by its time alone, not with its session: it says whose share of handshakes counts.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { cookieOf } from './cookies.ts';

export interface Ticket {
  readonly ticket: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Tickets {
  /** @param until the end of the session or token that asks; the ticket may end before */
  issue(userId: string, until: number): Ticket;
  /** The user of the good ticket that a handshake shows, in its query or, else, in its cookie. */
  userOf(query: unknown, cookies: string | null | undefined, secure: boolean): string | undefined;
}

const FORM = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{43})$/;
const MAX_LIFE_MS = 30 * 86_400_000;
const RADIX = 36;

/** @param secret shared by all nodes */
export function createTickets(secret: Uint8Array, clock: Clock): Tickets {
  const key = createSecretKey(secret);
  const sign = (userId: string, end: string): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify(['ticket', userId, end]))
      .digest();

  function verify(ticket: unknown): string | undefined {
    const [, userId, end, signature] = (typeof ticket === 'string' && FORM.exec(ticket)) || [];
    if (userId === undefined || end === undefined || signature === undefined) return undefined;
    if (Number.parseInt(end, RADIX) <= clock.now()) return undefined;
    return timingSafeEqual(Buffer.from(signature, 'base64url'), sign(userId, end)) ? userId : undefined;
  }

  return {
    issue(userId, until) {
      const expiresAt = Math.min(until, clock.now() + MAX_LIFE_MS);
      const end = expiresAt.toString(RADIX);
      return { ticket: `${userId}.${end}.${sign(userId, end).toString('base64url')}`, expiresAt };
    },
    userOf: (query, cookies, secure) => verify(query) ?? verify(cookieOf(cookies, 'ticket', secure)),
  };
}
