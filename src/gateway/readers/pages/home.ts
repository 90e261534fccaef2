/**
 * `/` for strangers: what is public, newest first. Reads public documents alone (I6), and of cookies only whether there is a
 * session: who has one gets their own list at the same address, so that answers vary by `Cookie`.
 *
 * I9: a page of the list is made once for all who read it, and kept until something public changes; there are only so many pages.
 */
import type { PublicReads } from '../../../ports/public-reads.ts';
import type { CachedBytes } from '../../../published/cached-bytes.ts';
import type { KeptLists } from '../../../published/public-lists.ts';
import { hasSessionCookie } from '../../access/cookies.ts';
import { readManifest } from '../../http/built-app.ts';
import { createNotices } from '../../http/notices.ts';
import { READING_HEADERS, READING_TYPE } from '../../http/reading-shell.ts';
import { representationOf, respond } from '../../http/representation.ts';
import type { Recordable } from './fast-path.ts';
import { type HomeSite, renderHome } from './home-page.ts';
import { type FailurePorts, orNotice } from './or-notice.ts';

export interface HomePorts extends Omit<FailurePorts, 'notice'> {
  /** Folder of the built app: the style sheet is in it. */
  webDir: string;
  reads: Pick<PublicReads, 'latest'>;
  /** Of their own: nobody waits here for a large sitemap. */
  lists: Pick<KeptLists, 'kept' | 'peek'>;
  site: HomeSite;
  /** Documents on one page. */
  perPage?: number;
}

export interface Home {
  /** Whether this is a stranger's request for the home page. */
  serves(request: Request, pathname: string): boolean;
  /** Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** The first page as it is kept, while it is known to be current. */
  peek(): Recordable | undefined;
}

const PER_PAGE = 20;
/** What is older is in the sitemap. */
const MAX_PAGES = 50;
const PAGE = /^[1-9]\d?$/;
const keyOf = (page: number) => `home ${page}`;

/** The page that a request is for; undefined: there is no such page. */
function pageOf(request: Request): number | undefined {
  const given = new URL(request.url).searchParams.get('page') ?? '1';
  return PAGE.test(given) && Number(given) <= MAX_PAGES ? Number(given) : undefined;
}

export function createHome({ webDir, reads, lists, site, perPage = PER_PAGE, ...failure }: HomePorts): Home {
  const { reading: style, icon } = readManifest(webDir);
  const assets = { style, icon };
  const notice = createNotices(assets);
  const recordables = new WeakMap<CachedBytes, Recordable>();

  /** Empty: there is no such page. */
  async function make(page: number): Promise<string> {
    const found = await reads.latest(perPage + 1, (page - 1) * perPage);
    if (found.length === 0 && page > 1) return '';
    const hasOlder = found.length > perPage && page < MAX_PAGES;
    return renderHome({ documents: found.slice(0, perPage), page, hasOlder }, site, assets);
  }

  async function answer(request: Request): Promise<Response> {
    const page = pageOf(request);
    const bytes = page && (await lists.kept(keyOf(page), () => make(page)));
    if (!bytes || bytes.plain.length === 0) return notice(request, 404, 'missing');
    return await respond(request, representationOf(READING_TYPE, bytes), {
      ...READING_HEADERS,
      'cache-control': 'public, max-age=0, must-revalidate',
      vary: 'cookie',
    });
  }

  return {
    serves: ({ method, headers }, pathname) =>
      pathname === '/' && (method === 'GET' || method === 'HEAD') && !hasSessionCookie(headers.get('cookie')),
    fetch: (request) => orNotice(request, { ...failure, notice }, () => answer(request)),
    peek() {
      const bytes = lists.peek(keyOf(1));
      if (!bytes) return undefined;
      const present = recordables.get(bytes);
      if (present) return present;
      // Its responses send these bytes themselves: what they add is little, and goes with them.
      const made: Recordable = { tagged: (tag) => (tag === bytes.tag ? bytes : undefined), grow: () => undefined };
      recordables.set(bytes, made);
      return made;
    },
  };
}
