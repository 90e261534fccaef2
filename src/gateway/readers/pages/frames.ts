/**
 * `/embed/frame/{slug}`: a public document for an `iframe` on a site that allows no scripts of others. The one page of ours that
 * other sites can frame.
 *
 * I6: it reads the cache of what is public, and no cookie: in a frame nobody sees more than a stranger does. What is private, was
 * withdrawn or never existed gets one answer.
 *
 *   ?theme=light|dark    instead of what the reader's system asks for
 *   ?missing=hide        nothing in the place of a document that is not there
 */
import { FRAME_PATH, framePath, slugInPath } from '../../../content/slug/address.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';
import {
  FALLBACK_LANGUAGE,
  LANGUAGES,
  type Language,
  languageOf,
  preferredLanguage,
} from '../../../messages/languages.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import type { Peer } from '../../access/peer.ts';
import { type Site, socketsOf } from '../../access/site.ts';
import { readManifest } from '../../http/built-app.ts';
import { createNotices } from '../../http/notices.ts';
import { htmlResponse, READING_TYPE, type Theme } from '../../http/reading-shell.ts';
import { representationOf, respond } from '../../http/representation.ts';
import { type FrameContext, renderFrame, renderMissingFrame } from './frame-page.ts';
import { type FailurePorts, orNotice } from './or-notice.ts';

export interface FramesPorts extends Omit<FailurePorts, 'notice'> {
  /** Folder of the built app: style sheet and script are in it. */
  webDir: string;
  /** The public document of a slug, or of a former one. Throws when the database cannot be reached. */
  publicPage(slug: string): Promise<PublicEntry | undefined>;
  site: Pick<Site, 'name' | 'originOf'>;
}

/** Answers a request below `/embed/frame/`; never rejects. */
export type Frames = (request: Request, peer: Pick<Peer, 'secure'>) => Promise<Response>;

/** By every site, and nothing else than on other pages. */
const FRAMED =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': FRAMED,
  // For pages that isolate themselves: they ask both of what they frame.
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
};

const themeOf = (given: string | null): Theme => (given === 'light' || given === 'dark' ? given : 'auto');

export function createFrames({ webDir, publicPage, site, ...failure }: FramesPorts): Frames {
  const { frameStyle: style, icon, frame: scripts } = readManifest(webDir);
  const notice = createNotices({ style, icon }, HEADERS);

  const contextOf = (language: Language, origin: string | undefined, query: URLSearchParams): FrameContext => ({
    style,
    icon,
    origin,
    language,
    siteName: site.name,
    script: scripts[language] ?? scripts[FALLBACK_LANGUAGE],
    theme: themeOf(query.get('theme')),
  });
  const headersOf = (request: Request): Record<string, string> => ({
    ...HEADERS,
    'content-security-policy': `${FRAMED}; script-src 'self'; connect-src 'self'${socketsOf(request.headers.get('host'))}`,
  });

  function missing(
    request: Request,
    slug: string | undefined,
    status = 404,
    more: Record<string, string> = {},
  ): Response {
    const { searchParams } = new URL(request.url);
    const language = preferredLanguage(request.headers.get('accept-language'), LANGUAGES);
    const context = contextOf(language, undefined, searchParams);
    const html = renderMissingFrame(slug, searchParams.get('missing') === 'hide', context);
    return htmlResponse(request, status, html, { ...headersOf(request), 'cache-control': 'no-store', ...more });
  }

  async function show(
    request: Request,
    secure: boolean,
    entry: PublicEntry,
    query: URLSearchParams,
  ): Promise<Response> {
    const { language } = entry.document;
    const context = contextOf(languageOf(language), site.originOf(request, secure), query);
    const bytes = entry.cached(`frame ${context.theme} ${context.origin}`, ({ document, body }) =>
      renderFrame({ ...document, body, visibility: 'public' }, context),
    );
    return await respond(request, representationOf(READING_TYPE, bytes), {
      ...headersOf(request),
      'cache-control': 'public, max-age=0, must-revalidate',
    });
  }

  async function answer(request: Request, secure: boolean): Promise<Response> {
    const { pathname, search, searchParams } = new URL(request.url);
    const asked = slugInPath(pathname.slice(FRAME_PATH.length));
    const slug = asked && normalSlug(asked);
    const entry = slug ? await publicPage(slug) : undefined;
    if (!entry) return missing(request, slug || undefined);
    if (entry.document.slug === asked) return await show(request, secure, entry, searchParams);
    // Not cached: another document may have the former address in a moment.
    const location = `${framePath(entry.document.slug)}${search}`;
    return new Response(null, { status: 308, headers: { ...HEADERS, 'cache-control': 'no-store', location } });
  }

  return async (request, { secure }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return missing(request, undefined, 405, { allow: 'GET, HEAD' });
    }
    return orNotice(request, { ...failure, notice }, () => answer(request, secure));
  };
}
