/**
 * Devices on which an account was signed in before, by a cookie: a random name and a signature over it and the handle. It
 * opens nothing: it says whose attempts to sign in wait apart from strangers'. It outlives the session.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { cookieOf, setCookie } from './cookies.ts';

export interface Devices {
  /** The device's name, when it signed this account in before. */
  of(cookies: string | null | undefined, secure: boolean, handle: string): string | undefined;
  /** `Set-Cookie` that makes it known; it keeps the name that it has. */
  remember(handle: string, secure: boolean, known: string | undefined): string;
}

const NAME = 'device';
const NAME_BYTES = 16;
const FORM = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const YEAR_MS = 31_536_000_000;

/** @param secret shared by all nodes */
export function createDevices(secret: Uint8Array): Devices {
  const sign = (handle: string, name: string): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['device', handle, name]))
      .digest();
  return {
    of(cookies, secure, handle) {
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
