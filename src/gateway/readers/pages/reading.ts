/**
 * `/d/{slug}`: what is published, for people to read. Knows HTTP; what may be read is for others to say.
 *
 * What everybody may read comes ready made from the cache, whoever asks. Only for what is not there is it looked who asks:
 * a private page never comes near the cache. I6: for who may not read it, a page is not there: that answer is one value,
 * made once, the same bytes and headers whether nothing bears the name, it is not published, or it is not for them.
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { renderHtml } from '../../../content/html/html.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import { tokenOfCookies } from '../../access/cookies.ts';
import type { Peer } from '../../access/peer.ts';
import { type Site, socketsOf } from '../../access/site.ts';
import { etagOf, readManifest } from '../../http/built-app.ts';
import { alreadyHas, chooseEncoding, type Encoding } from '../../http/negotiation.ts';
import { sharedBody } from '../../http/shared-body.ts';
import { type Place, type PublishedPage, renderNotice, renderPage } from './page.ts';

export interface ReadingPorts {
  /** Folder of the built app: style sheet and script are in it. */
  webDir: string;
  /** What everybody may read under a name. Throws when the database cannot be reached. */
  publicPage(slug: string): Promise<PublicEntry | undefined>;
  /**
   * The current revision of the document of that name, if the user with that id may read it. Throws when the database
   * cannot be reached.
   */
  published(slug: string, viewerUserId: string): Promise<PublishedPage | undefined>;
  /** The signed-in user by the `Cookie` header; undefined: nobody. Throws when the database cannot be reached. */
  viewerOf(cookies: string, secure: boolean): Promise<string | undefined>;
  /** Somebody reads a public document. */
  counted(documentId: string, reader: { address: string; userAgent: string }): void;
  /** True when an error means that the database is away or asks to try again. */
  isUnavailable(error: unknown): boolean;
  log: Logger;
  site: Site;
}

/** Answers a request below `/d/`; never rejects. */
export type Reading = (request: Request, peer: Peer) => Promise<Response>;

type Bytes = Uint8Array<ArrayBuffer>;

const PATH = /^\/d\/([a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?)$/;
/** Bytes below which compressing gains nothing. */
const WORTH_COMPRESSING = 1_024;
const RETRY_S = 5;

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const compressors: Readonly<Record<Encoding, (content: Bytes) => Promise<Buffer>>> = {
  br: (content) =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
  gzip: (content) => promisify(gzip)(content),
};

/** A page's bytes and what tells them from others. */
interface Made {
  readonly plain: Bytes;
  readonly tag: string;
  encoded(encoding: Encoding): Bytes | Promise<Bytes>;
}

export function createReading(ports: ReadingPorts): Reading {
  const { webDir, publicPage, published, viewerOf, counted, isUnavailable, log, site } = ports;
  const { reading: style, icon, viewer: script } = readManifest(webDir);
  const nowhere: Place = { origin: undefined, style, icon, script };
  const missing = renderNotice(
    'There is nothing here',
    'The address may be mistyped, or what it led to is gone.',
    nowhere,
  );
  const away = renderNotice('One moment', 'This page cannot be reached just now. Try again shortly.', nowhere);
  const broken = renderNotice('Something went wrong', 'The fault is on our side. Try again later.', nowhere);

  function send(request: Request, status: number, body: Bytes, more: Record<string, string>): Response {
    const headers = new Headers({ ...HEADERS, 'content-length': String(body.length), ...more });
    return new Response(request.method === 'HEAD' ? null : sharedBody(body), { status, headers });
  }

  const notice = (request: Request, status: number, html: string, more: Record<string, string> = {}) =>
    send(request, status, new Uint8Array(Buffer.from(html)), { 'cache-control': 'no-store', ...more });

  function page(request: Request, made: Made, cacheControl: string): Response | Promise<Response> {
    const encoding = chooseEncoding(
      request.headers.get('accept-encoding'),
      () => made.plain.length >= WORTH_COMPRESSING,
    );
    const more: Record<string, string> = {
      etag: `"${made.tag}${encoding === undefined ? '' : `-${encoding}`}"`,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
      // The JSON-LD is data, which no browser runs.
      'content-security-policy': `${POLICY}; script-src 'self'; connect-src 'self'${socketsOf(request.headers.get('host'))}`,
    };
    if (alreadyHas(request.headers.get('if-none-match'), more.etag ?? '')) {
      return new Response(null, { status: 304, headers: { ...HEADERS, ...more } });
    }
    if (encoding === undefined) return send(request, 200, made.plain, more);
    more['content-encoding'] = encoding;
    const body = made.encoded(encoding);
    return body instanceof Promise
      ? body.then((bytes) => send(request, 200, bytes, more))
      : send(request, 200, body, more);
  }

  function publicOne(request: Request, { address, secure }: Peer, entry: PublicEntry): Response | Promise<Response> {
    const origin = site.originOf(request, secure);
    const made = entry.cached(`page ${origin}`, ({ document, body, html }) =>
      renderPage({ ...document, body, visibility: 'public' }, html, { ...nowhere, origin }),
    );
    if (request.method === 'GET' && !request.headers.has('sec-purpose')) {
      counted(entry.document.documentId, { address, userAgent: request.headers.get('user-agent') ?? '' });
    }
    return page(request, made, 'public, max-age=0, must-revalidate');
  }

  function privateOne(request: Request, secure: boolean, found: PublishedPage): Response | Promise<Response> {
    const place = { ...nowhere, origin: site.originOf(request, secure) };
    const plain: Bytes = new Uint8Array(Buffer.from(renderPage(found, renderHtml(found.body), place)));
    // Of the visibility too: a shared cache that asks whether its copy still stands is not told so of a page that is no
    // longer for everybody.
    const tag = etagOf(`${found.visibility} ${Buffer.from(plain)}`);
    const encoded = async (encoding: Encoding): Promise<Bytes> => new Uint8Array(await compressors[encoding](plain));
    return page(request, { plain, tag, encoded }, 'private, no-store');
  }

  /** What is not public, for who may read it. */
  async function privatePage(request: Request, secure: boolean, slug: string): Promise<PublishedPage | undefined> {
    const cookies = request.headers.get('cookie');
    // Most readers have no cookie of ours: nothing is looked up for them.
    if (cookies === null || tokenOfCookies(cookies, secure) === undefined) return undefined;
    const viewer = await viewerOf(cookies, secure);
    return viewer === undefined ? undefined : published(slug, viewer);
  }

  return async (request, peer) => {
    const { secure } = peer;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return notice(request, 405, missing, { allow: 'GET, HEAD' });
    }
    const { pathname } = new URL(request.url);
    try {
      const slug = PATH.exec(pathname)?.[1];
      if (slug === undefined) return notice(request, 404, missing);
      const entry = await publicPage(slug);
      if (entry) return await publicOne(request, peer, entry);
      const found = await privatePage(request, secure, slug);
      return found ? await privateOne(request, secure, found) : notice(request, 404, missing);
    } catch (error) {
      if (isUnavailable(error)) {
        log.warn({ err: error }, 'the database is away');
        return notice(request, 503, away, { 'retry-after': String(RETRY_S) });
      }
      log.error({ err: error, path: pathname }, 'reading page failed');
      return notice(request, 500, broken);
    }
  };
}
