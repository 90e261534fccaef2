/**
 * Devices on which an account signed in before, known by a cookie: a random id, and a signature over the id and the handle. The
 * cookie grants no access: attempts to sign in from a known device are throttled apart from all others. It outlives the session.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { cookieOf, setCookie } from './cookies.ts';

export interface KnownDevices {
  /** The device's id, when this account signed in on it before. */
  find(cookies: string | null | undefined, secure: boolean, handle: string): string | undefined;
  /** The `Set-Cookie` that makes it known; a known device keeps its id. */
  remember(handle: string, secure: boolean, known: string | undefined): string;
}

const NAME = 'device';
const NAME_BYTES = 16;
const FORM = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const YEAR_MS = 31_536_000_000;

/** @param secret shared by all nodes */
export function createKnownDevices(secret: Uint8Array): KnownDevices {
  const sign = (handle: string, name: string): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['device', handle, name]))
      .digest();
  return {
    find(cookies, secure, handle) {
      const [, name, signature] = FORM.exec(cookieOf(cookies, NAME, secure) ?? '') ?? [];
      if (name === undefined || signature === undefined) return undefined;
      return timingSafeEqual(Buffer.from(signature, 'base64url'), sign(handle, name)) ? name : undefined;
    },
    remember(handle, secure, known) {
      const name = known ?? randomBytes(NAME_BYTES).toString('base64url');
      return setCookie(NAME, `${name}.${sign(handle, name).toString('base64url')}`, secure, YEAR_MS);
    },
  };
}
