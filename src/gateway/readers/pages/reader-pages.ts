/**
 * `/d/{slug}`: published documents as pages for people. Knows HTTP; access is checked by its ports.
 *
 * A public page comes from the cache, the same for everybody. Only when there is none is the session looked up: a private
 * page is never cached. I6: to those who may not read it a page does not exist. That answer is one value, the same bytes and
 * headers whether nobody uses the name, nothing is published, or the reader has no access.
 *
 * A former slug of a document that the reader may read leads to the present one, unless another document has it now. So does any
 * other form of a slug: in upper case, or with its accents as characters of their own.
 */
import { titledAs } from '../../../content/model/titled-as.ts';
import { documentPath, slugInPath } from '../../../content/slug/address.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';
import type { Logger } from '../../../lib/logger.ts';
import { FALLBACK_LANGUAGE, type Language, languageOf } from '../../../messages/languages.ts';
import type { LiveContents } from '../../../ports/live-contents.ts';
import type { FoundPage, PublishedPage } from '../../../ports/revisions.ts';
import { contentTag, createBytes } from '../../../published/cached-bytes.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import { tokenOfCookies } from '../../access/cookies.ts';
import type { Peer } from '../../access/peer.ts';
import { type Site, socketsOf } from '../../access/site.ts';
import { readManifest } from '../../http/built-app.ts';
import { createNotices } from '../../http/notices.ts';
import { READING_HEADERS, READING_POLICY, READING_TYPE } from '../../http/reading-shell.ts';
import { type Representation, representationOf, respond } from '../../http/representation.ts';
import { orNotice } from './or-notice.ts';
import { renderPage } from './page.ts';
import type { PageContext } from './page-context.ts';

export interface ReaderPagesPorts {
  /** Folder of the built app: style sheet and script are in it. */
  webDir: string;
  /** The public document of a slug, or of a former one, as readers see it now. Throws when the database cannot be reached. */
  publicPage(slug: string): Promise<PublicEntry | undefined>;
  /**
   * The current revision of the document of that slug, or former slug, if the user with that id may read it. Throws when the
   * database cannot be reached.
   */
  published(slug: string, viewerUserId: string): Promise<FoundPage | undefined>;
  /** The draft of a live document that the user may read. */
  privateDraft: LiveContents['read'];
  /** The signed-in user by the `Cookie` header. Throws when the database cannot be reached. */
  viewerOf(cookies: string, secure: boolean): Promise<string | undefined>;
  /** Counts a view of a public document. */
  countView(documentId: string, reader: { address: string; userAgent: string }): void;
  /** True when the database is away, or the statement may succeed when it is repeated. */
  isUnavailable(error: unknown): boolean;
  log: Logger;
  site: Site;
}

/** Answers a request below `/d/`; never rejects. */
export type ReaderPages = (request: Request, peer: Peer) => Promise<Response>;

const PATH = /^\/d\/([^/]+)$/;

export function createReaderPages(ports: ReaderPagesPorts): ReaderPages {
  const { webDir, publicPage, published, privateDraft, viewerOf, countView, isUnavailable, log, site } = ports;
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

  /** Of a live document the draft, or the revision while that cannot be read. */
  async function presentPage({ draft, ...found }: FoundPage): Promise<PublishedPage> {
    const read = draft && (await privateDraft(found.documentId, draft));
    if (!read) return found;
    const { seq, content } = read;
    return { ...found, ...titledAs(content, found), body: content.body, seq, updatedAt: draft.updatedAt };
  }

  async function privatePageOf(request: Request, secure: boolean, readable: FoundPage): Promise<Response> {
    const found = await presentPage(readable);
    const pageContext = contextIn(languageOf(found.language), site.originOf(request, secure));
    const bytes = createBytes(renderPage(found, pageContext), () => undefined);
    // Of the visibility too: a shared cache that checks its copy of a public page must not find it current once the page is
    // private.
    const tag = contentTag(`${found.visibility} ${bytes.tag}`);
    return page(request, representationOf(READING_TYPE, bytes, tag), 'private, no-store');
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
    const found = await privatePage(request, peer.secure, slug);
    if (found?.slug === slug && asked === slug) return await privatePageOf(request, peer.secure, found);
    const present = found?.slug === slug ? slug : (entry?.document.slug ?? found?.slug);
    return present === undefined ? notice(request, 404, 'missing') : moved(request, present);
  }

  /** A private document, if the reader may read it. */
  async function privatePage(request: Request, secure: boolean, slug: string): Promise<FoundPage | undefined> {
    const cookies = request.headers.get('cookie');
    // Most readers have no session cookie: nothing is looked up for them.
    if (cookies === null || tokenOfCookies(cookies, secure) === undefined) return undefined;
    const viewer = await viewerOf(cookies, secure);
    return viewer === undefined ? undefined : published(slug, viewer);
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
