/** The subscriptions of each server that a page asks: one socket a server, however many widgets there are. */
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

const LOOPBACK = /^http:\/\/(localhost|127\.|\[::1\])/;
const servers = new Map<string, Subscriptions>();

/**
 * Those of the server at an address, which may be relative to the page.
 * @throws {TypeError} when it is none
 */
export function subscriptionsAt(address: string): Subscriptions {
  const { location } = globalThis as { location?: { href: string; protocol: string } };
  const { origin } = new URL(address, location?.href);
  // Below https nothing may be had over http, save from the same machine.
  const base = location?.protocol === 'https:' && !LOOPBACK.test(origin) ? origin.replace(/^http:/, 'https:') : origin;
  const subscriptions = servers.get(base) ?? createSubscriptions(base);
  servers.set(base, subscriptions);
  return subscriptions;
}
