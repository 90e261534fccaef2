/**
 * What search engines read of the site as a whole: `/robots.txt`, `/sitemap.xml` with its parts, `/news-sitemap.xml`. Reads
 * public documents alone (I6).
 *
 * I9: a large sitemap is read piece by piece, in turns of the event loop, and made once for all who request it, whatever host they
 * name.
 */
import { randomUUID } from 'node:crypto';
import type { PublicLists } from '../../../ports/public-reads.ts';
import { type CachedBytes, createBytes } from '../../../published/cached-bytes.ts';
import type { KeptLists } from '../../../published/public-lists.ts';
import type { Site } from '../../access/site.ts';
import { createByOrigin } from './by-origin.ts';
import { renderNewsSitemap, renderSitemap, renderSitemapIndex, renderUrl } from './sitemap.ts';

export interface SiteFilesPorts {
  reads: PublicLists;
  lists: Pick<KeptLists, 'kept'>;
  site: Pick<Site, 'name' | 'language'>;
  /** Addresses in one sitemap, and in one read. */
  limits?: { perSitemap: number; perRead: number };
}

export interface SiteFile {
  readonly type: string;
  readonly bytes: CachedBytes;
}

/** Undefined: there is no such file. Throws when the database cannot be read. */
export type SiteFiles = (pathname: string, origin: string) => Promise<SiteFile | undefined>;

/** The protocol allows no more in one file. */
const LIMITS = { perSitemap: 50_000, perRead: 1_000 };
/** Google reads news of two days, and this many. */
const NEWS_HOURS = 48;
const MAX_NEWS = 1_000;
/** Bytes of all files, for all origins. A large sitemap has 10 MB. */
const MAX_BYTES = 64 * 1_048_576;
const PART = /^\/sitemap-([1-9]\d{0,4})\.xml$/;
const XML = 'application/xml; charset=utf-8';

/** Pages for authors and the API are none of a search engine's business; what widgets read is. */
const robots = (origin: string): string =>
  [
    'User-agent: *',
    'Disallow: /edit/',
    'Disallow: /sign-in',
    'Disallow: /v1/',
    'Allow: /v1/public/',
    '',
    `Sitemap: ${origin}/sitemap.xml`,
    `Sitemap: ${origin}/news-sitemap.xml`,
    '',
  ].join('\n');

export const isSiteFile = (pathname: string): boolean =>
  pathname === '/robots.txt' || pathname === '/sitemap.xml' || pathname === '/news-sitemap.xml' || PART.test(pathname);

export function createSiteFiles({ reads, lists, site, limits = LIMITS }: SiteFilesPorts): SiteFiles {
  const { perSitemap, perRead } = limits;
  const byOrigin = createByOrigin({ maxBytes: MAX_BYTES, newId: randomUUID });
  const { standIn: origin } = byOrigin;

  /** Of the addresses between two ids: at most as many as a sitemap holds. */
  async function urls(after: string | undefined, upTo: string | undefined): Promise<string[]> {
    const made: string[] = [];
    let from = after;
    while (made.length < perSitemap) {
      const most = Math.min(perRead, perSitemap - made.length);
      const found = await reads.addresses({ after: from, upTo }, most);
      for (const address of found) made.push(renderUrl(address, origin));
      from = found.at(-1)?.documentId;
      if (found.length < most || from === undefined) break;
    }
    return made;
  }

  /** Where the list is divided, the end of each sitemap but the last. */
  async function divisions(): Promise<readonly string[]> {
    const { plain } = await lists.kept('divisions', async () => (await reads.divisions(perSitemap)).join(' '));
    return new TextDecoder().decode(plain).split(' ').filter(Boolean);
  }

  async function sitemap(): Promise<CachedBytes> {
    const parts = (await divisions()).length + 1;
    return lists.kept(`sitemap-index-${parts}`, async () =>
      parts === 1 ? renderSitemap(await urls(undefined, undefined)) : renderSitemapIndex(parts, origin),
    );
  }

  async function part(number: number): Promise<CachedBytes | undefined> {
    const ends = await divisions();
    if (number > ends.length + 1) return undefined;
    return lists.kept(`sitemap ${number}`, async () => renderSitemap(await urls(ends[number - 2], ends[number - 1])));
  }

  const news = (): Promise<CachedBytes> =>
    lists.kept('news', async () =>
      renderNewsSitemap(await reads.firstPublishedWithin(NEWS_HOURS, MAX_NEWS), { origin, ...site }),
    );

  function listOf(pathname: string): Promise<CachedBytes | undefined> {
    if (pathname === '/sitemap.xml') return sitemap();
    const number = PART.exec(pathname)?.[1];
    return number === undefined ? news() : part(Number(number));
  }

  return async (pathname, siteOrigin) => {
    if (pathname === '/robots.txt') {
      return { type: 'text/plain; charset=utf-8', bytes: createBytes(robots(siteOrigin), () => undefined) };
    }
    const text = await listOf(pathname);
    return text && { type: XML, bytes: byOrigin.bytesFor(siteOrigin, pathname, text) };
  };
}
