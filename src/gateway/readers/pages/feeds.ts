/**
 * Published documents for feed readers (`/feed.xml`), for sites that embed them (`/oembed`) and for search engines
 * (`site-files.ts`). Reads public documents alone, so that nothing private can appear (I6), and no cookie.
 */
import { randomUUID } from 'node:crypto';
import { slugInPath } from '../../../content/slug/address.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';
import type { Logger } from '../../../lib/logger.ts';
import { feeds as texts } from '../../../messages/en/feeds.ts';
import type { PublicDocument } from '../../../ports/public-reads.ts';
import { type CachedBytes, createBytes } from '../../../published/cached-bytes.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import type { Peer } from '../../access/peer.ts';
import type { Site } from '../../access/site.ts';
import { representationOf, respond } from '../../http/representation.ts';
import { type FeedEntry, renderAtom, renderEntry } from './atom.ts';
import { createByOrigin } from './by-origin.ts';
import { oembedOf } from './oembed.ts';
import { isSiteFile, type SiteFiles } from './site-files.ts';

export interface FeedsPorts {
  /** The cache; both throw when the database cannot be reached. */
  pages: {
    page(slug: string): Promise<PublicEntry | undefined>;
    latest(limit: number): Promise<readonly PublicDocument[]>;
  };
  siteFiles: SiteFiles;
  isUnavailable(error: unknown): boolean;
  log: Logger;
  site: Site;
}

export interface Feeds {
  /** Whether a path is one of these. */
  serves(pathname: string): boolean;
  /** Never rejects. */
  fetch(request: Request, peer: Peer): Promise<Response>;
}

const ENTRIES = 20;
/** Bytes of the feed for all origins. */
const MAX_BYTES = 16 * 1_048_576;
/** Of a page, or of the same for frames. */
const PATH = /^\/(?:d|embed\/frame)\/([^/]+)$/;
const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cache-control': 'public, max-age=0, must-revalidate',
  'x-content-type-options': 'nosniff',
};

/** Rendered once: a feed has the texts of many documents, and most of them are the same as in the feed before. */
const feedEntryOf = (entry: PublicEntry, origin: string): FeedEntry => ({
  updatedAt: entry.document.updatedAt,
  xml: entry.cached(`atom ${origin}`, ({ document, body }) => renderEntry(document, body, origin)).plain,
});

export function createFeeds({ pages, siteFiles, isUnavailable, log, site }: FeedsPorts): Feeds {
  /** The last feed, for whatever origin: it is made again when something was published. */
  let made: { of: string; text: CachedBytes } | undefined;
  const byOrigin = createByOrigin({ maxBytes: MAX_BYTES, newId: randomUUID });

  const refuse = (status: number, text: string, more: Record<string, string> = {}): Response =>
    new Response(`${text}\n`, {
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...more },
    });

  const send = (request: Request, type: string, bytes: CachedBytes) =>
    respond(request, representationOf(type, bytes), HEADERS);

  async function feed(request: Request, origin: string): Promise<Response> {
    const latest = await pages.latest(ENTRIES);
    const found = await Promise.all(latest.map(({ slug }) => pages.page(slug)));
    const entries = found.filter((entry) => entry !== undefined);
    const of = entries.map(({ tag }) => tag).join(' ');
    if (made?.of !== of) {
      const rendered = entries.map((entry) => feedEntryOf(entry, byOrigin.standIn));
      const text = renderAtom(rendered, { ...site, origin: byOrigin.standIn });
      made = { of, text: createBytes(text, () => undefined) };
    }
    const bytes = byOrigin.bytesFor(origin, 'feed', made.text);
    return send(request, 'application/atom+xml; charset=utf-8', bytes);
  }

  async function oembed(request: Request, origin: string): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const format = query.get('format') ?? 'json';
    if (format !== 'json') return refuse(501, texts.format);
    const address = URL.parse(query.get('url') ?? '');
    const isOurs = address !== null && address.host === new URL(origin).host && /^https?:$/.test(address.protocol);
    // A former address is answered with the present one: sites that embed follow no redirects.
    const slug = isOurs ? normalSlug(slugInPath(PATH.exec(address.pathname)?.[1] ?? '') ?? '') : undefined;
    const entry = slug === undefined ? undefined : await pages.page(slug);
    if (!entry) return refuse(404, texts.notFound);
    const body = JSON.stringify(oembedOf(entry.document, { origin, name: site.name }, query));
    return send(
      request,
      'application/json; charset=utf-8',
      createBytes(body, () => undefined),
    );
  }

  async function siteFile(request: Request, pathname: string, origin: string): Promise<Response> {
    const file = await siteFiles(pathname, origin);
    return file ? send(request, file.type, file.bytes) : refuse(404, texts.noFile);
  }

  function answer(request: Request, pathname: string, origin: string): Promise<Response> {
    if (pathname === '/feed.xml') return feed(request, origin);
    return pathname === '/oembed' ? oembed(request, origin) : siteFile(request, pathname, origin);
  }

  return {
    serves: (pathname) => pathname === '/feed.xml' || pathname === '/oembed' || isSiteFile(pathname),
    async fetch(request, { secure }) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return refuse(405, texts.method, { allow: 'GET, HEAD' });
      }
      const { pathname } = new URL(request.url);
      const origin = site.originOf(request, secure);
      if (origin === undefined) return refuse(400, texts.host);
      try {
        return await answer(request, pathname, origin);
      } catch (error) {
        if (isUnavailable(error)) return refuse(503, texts.unavailable, { 'retry-after': '5' });
        log.error({ err: error, path: pathname }, 'could not serve a feed');
        return refuse(500, texts.broken);
      }
    },
  };
}
