/**
 * Handshake tickets: a user, an expiry and a signature over both, issued to signed-in users over HTTP. A node verifies one
 * without any look-up, to count a handshake by its user instead of against the budget that anonymous clients share. // I9:
 *
 * A ticket grants no access, and ends by its expiry alone, not with its session: it says by whom a handshake counts.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { cookieOf } from './cookies.ts';

interface HandshakeTicket {
  readonly ticket: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface HandshakeTickets {
  /** @param until the end of the user's session or token; the ticket may end before it */
  issue(userId: string, until: number): HandshakeTicket;
  /** The user of the valid ticket that a handshake carries, in its query or else in its cookie. */
  userOf(query: unknown, cookies: string | null | undefined, secure: boolean): string | undefined;
}

const FORM = /^([0-9a-f-]{36})\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{43})$/;
const MAX_LIFE_MS = 30 * 86_400_000;
const RADIX = 36;

/** @param secret shared by all nodes */
export function createHandshakeTickets(secret: Uint8Array, clock: Clock): HandshakeTickets {
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
