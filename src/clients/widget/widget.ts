/**
 * `/widget.js`: the script for anyone's page.
 *
 *   element.ts  what is shown      style.ts  how it looks      feed.ts  how it is followed
 *
 * A classic script: only such a one knows where it came from, and that is the server that it asks.
 */
import { defineWidget } from './element.ts';
import { createFeed, type Feed } from './feed.ts';

const LOOPBACK = /^http:\/\/(localhost|127\.|\[::1\])/;
const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;
const feeds = new Map<string, Feed>();

/** Below https nothing may be had over http, save from the same machine. */
function baseOf(server: string): string {
  const { origin } = new URL(server, location.href);
  return location.protocol === 'https:' && !LOOPBACK.test(origin) ? origin.replace(/^http:/, 'https:') : origin;
}

defineWidget((server) => {
  const base = baseOf(server ?? own);
  const feed = feeds.get(base) ?? createFeed(base);
  feeds.set(base, feed);
  return feed;
});
