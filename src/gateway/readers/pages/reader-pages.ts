/**
 * `/d/{slug}`: published documents as pages for people. Knows HTTP; access is checked by its ports.
 *
 * A public page comes from the cache, the same for everybody. Only when there is none is the session looked up, and then, for each
 * request anew, whether its user may read the document; `private-pages.ts` has the bytes, and clients cache none. I6: to those
 * who may not read it a page does not exist. That answer is one value, the same bytes and headers whether nobody uses the name,
 * nothing is published, or the reader has no access. I9: requests that look for a private page count as those to the API do.
 *
 * A former slug of a document that the reader may read leads to the present one, unless another document has it now. So does any
 * other form of a slug: in upper case, or with its accents as characters of their own.
 */
import { failure } from '../../../../schemas/errors.ts';
import { documentPath, slugInPath } from '../../../content/slug/address.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';
import type { Logger } from '../../../lib/logger.ts';
import { FALLBACK_LANGUAGE, type Language, languageOf } from '../../../messages/languages.ts';
import type { Identity } from '../../../ports/access.ts';
import type { FoundPage } from '../../../ports/revisions.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import { tokenOfCookies } from '../../access/cookies.ts';
import type { Peer } from '../../access/peer.ts';
import { type Site, socketsOf } from '../../access/site.ts';
import { readManifest } from '../../http/built-app.ts';
import { createNotices } from '../../http/notices.ts';
import { problem } from '../../http/problem.ts';
import { READING_HEADERS, READING_POLICY, READING_TYPE } from '../../http/reading-shell.ts';
import { type Representation, representationOf, respond } from '../../http/representation.ts';
import { orNotice } from './or-notice.ts';
import { renderPage } from './page.ts';
import type { PageContext } from './page-context.ts';
import { createPrivatePages, type PrivatePagesOptions } from './private-pages.ts';

export interface ReaderPagesPorts {
  /** Folder of the built app: style sheet and script are in it. */
  webDir: string;
  /** The public document of a slug, or of a former one, as readers see it now. Throws when the database cannot be reached. */
  publicPage(slug: string): Promise<PublicEntry | undefined>;
  /**
   * The document of that slug, or former slug, if the user with that id may read it now. Throws when the database cannot be
   * reached.
   */
  published(slug: string, viewerUserId: string): Promise<FoundPage | undefined>;
  /** What pages of private documents are made of. */
  privatePages: Omit<PrivatePagesOptions, 'render'>;
  /** The signed-in user by the `Cookie` header. Throws when the database cannot be reached. */
  viewerOf(cookies: string, secure: boolean): Promise<Viewer | undefined>;
  /** Counts a request of a session. Returns the milliseconds to wait when it has had too many; 0: it is admitted. */
  count(viewer: Viewer): number;
  /** Counts a view of a public document. */
  countView(documentId: string, reader: { address: string; userAgent: string }): void;
  /** True when the database is away, or the statement may succeed when it is repeated. */
  isUnavailable(error: unknown): boolean;
  log: Logger;
  site: Site;
}

export type Viewer = Pick<Identity, 'userId' | 'sessionId'>;

/** Answers a request below `/d/`; never rejects. */
export type ReaderPages = (request: Request, peer: Peer) => Promise<Response>;

/** The draft may move once more while it is checked again: rarely twice. Then the revision is shown. */
const TRIES = 3;

const PATH = /^\/d\/([^/]+)$/;

export function createReaderPages(ports: ReaderPagesPorts): ReaderPages {
  const { webDir, publicPage, published, viewerOf, count, countView, isUnavailable, log, site } = ports;
  const { reading: style, icon, viewer } = readManifest(webDir);
  const notice = createNotices({ style, icon });
  const contextIn = (language: Language, origin?: string): PageContext => ({
    origin,
    site,
    style,
    icon,
    script: viewer[language] ?? viewer[FALLBACK_LANGUAGE],
    language,
  });

  const privatePages = createPrivatePages({
    ...ports.privatePages,
    render: (shown, origin) => renderPage(shown, contextIn(languageOf(shown.language), origin)),
  });

  const page = (request: Request, representation: Representation, cacheControl: string) =>
    respond(request, representation, {
      ...READING_HEADERS,
      'cache-control': cacheControl,
      // The JSON-LD is data, which no browser runs.
      'content-security-policy': `${READING_POLICY}; script-src 'self'; connect-src 'self'${socketsOf(request.headers.get('host'))}`,
    });

  function publicPageOf(request: Request, { address, secure }: Peer, entry: PublicEntry): Response | Promise<Response> {
    const origin = site.originOf(request, secure);
    const bytes = entry.cached(`page ${origin}`, ({ document, body, sectionDates }) => {
      const context = contextIn(languageOf(document.language), origin);
      return renderPage({ ...document, body, visibility: 'public' }, context, sectionDates);
    });
    if (request.method === 'GET' && !request.headers.has('sec-purpose')) {
      countView(entry.document.documentId, { address, userAgent: request.headers.get('user-agent') ?? '' });
    }
    return page(request, representationOf(READING_TYPE, bytes), 'public, max-age=0, must-revalidate');
  }

  /** @param readable what the database said for this request that the user may read */
  async function privatePageOf(
    request: Request,
    secure: boolean,
    readable: FoundPage,
    { userId }: Viewer,
  ): Promise<Response> {
    const origin = site.originOf(request, secure);
    let found = readable;
    for (let attempt = 1; ; attempt += 1) {
      const shown = await privatePages.pageOf(attempt < TRIES ? found : { ...found, draft: null }, origin);
      if (!shown) return notice(request, 404, 'missing');
      if (shown.seq === null || shown.seq <= (found.draft?.seq ?? 0)) {
        return page(request, representationOf(READING_TYPE, shown.bytes, shown.tag), 'private, no-store');
      }
      // I6: the user may have lost the document before that was written.
      const present = await published(found.slug, userId);
      if (!present) return notice(request, 404, 'missing');
      if (present.slug !== found.slug) return moved(request, present.slug);
      found = present;
    }
  }

  /** Not cached: another document may have the former address in a moment, and what is private leads nowhere. */
  function moved(request: Request, slug: string): Response {
    const { search } = new URL(request.url);
    const headers = { ...READING_HEADERS, 'cache-control': 'no-store', location: `${documentPath(slug)}${search}` };
    return new Response(null, { status: 308, headers });
  }

  async function find(request: Request, peer: Peer, asked: string, slug: string): Promise<Response> {
    const entry = await publicPage(slug);
    if (entry?.document.slug === slug) {
      return asked === slug ? await publicPageOf(request, peer, entry) : moved(request, slug);
    }
    const viewer = await signedIn(request, peer.secure);
    const waitMs = viewer ? count(viewer) : 0;
    if (waitMs > 0) return problem(failure('rate_limited', waitMs), { headers: { 'cache-control': 'no-store' } });
    const found = viewer && (await published(slug, viewer.userId));
    if (viewer && found?.slug === slug && asked === slug) {
      return await privatePageOf(request, peer.secure, found, viewer);
    }
    const present = found?.slug === slug ? slug : (entry?.document.slug ?? found?.slug);
    return present === undefined ? notice(request, 404, 'missing') : moved(request, present);
  }

  async function signedIn(request: Request, secure: boolean): Promise<Viewer | undefined> {
    const cookies = request.headers.get('cookie');
    // Most readers have no session cookie: nothing is looked up for them.
    if (cookies === null || tokenOfCookies(cookies, secure) === undefined) return undefined;
    return viewerOf(cookies, secure);
  }

  return async (request, peer) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return notice(request, 405, 'missing', { allow: 'GET, HEAD' });
    }
    const { pathname } = new URL(request.url);
    const asked = slugInPath(PATH.exec(pathname)?.[1] ?? '');
    const slug = asked && normalSlug(asked);
    if (!slug) return notice(request, 404, 'missing');
    return orNotice(request, { notice, isUnavailable, log }, () => find(request, peer, asked, slug));
  };
}
