/**
 * `/d/{slug}`: what is published, for people to read. Knows HTTP; what may be read is for `published` to say.
 *
 * I6: for who may not read it, a page is not there: that answer is one value, made once, the same bytes and headers
 * whether nothing bears the name, it is not published, or it is not for them.
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Logger } from '../../ports/logger.ts';
import { tokenOfCookies } from '../api/cookies.ts';
import { etagOf, readManifest } from '../built-app.ts';
import { alreadyHas, chooseEncoding, type Encoding } from '../negotiation.ts';
import { type Place, type PublishedPage, renderNotice, renderPage } from './page.ts';

export interface ReadingPorts {
  /** Folder of the built app: the style sheet is in it. */
  webDir: string;
  /**
   * The current revision of the document of that name, if it may be read: by everybody when it is public, by the user
   * with that id when they have a grant. Throws when the database cannot be reached.
   */
  published(slug: string, viewerUserId: string | undefined): Promise<PublishedPage | undefined>;
  /** The signed-in user by the `Cookie` header; undefined: nobody. Throws when the database cannot be reached. */
  viewerOf(cookies: string, secure: boolean): Promise<string | undefined>;
  /** True when an error means that the database is away or asks to try again. */
  isUnavailable(error: unknown): boolean;
  log: Logger;
}

/** Answers a request below `/d/`; never rejects. `secure`: the client's own connection is TLS. */
export type Reading = (request: Request, connection: { secure: boolean }) => Promise<Response>;

const PATH = /^\/d\/([a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?)$/;
const PLAIN_HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** Bytes below which compressing gains nothing. */
const WORTH_COMPRESSING = 1_024;
const RETRY_S = 5;
const ONE_YEAR_S = 31_536_000;

const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  // The JSON-LD is data, which no browser runs: there is no script to allow.
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const compressors: Readonly<Record<Encoding, (content: Buffer) => Promise<Buffer>>> = {
  br: (content) =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
  gzip: (content) => promisify(gzip)(content),
};

export function createReading({ webDir, published, viewerOf, isUnavailable, log }: ReadingPorts): Reading {
  const { reading: style, icon } = readManifest(webDir);
  const nowhere: Place = { origin: undefined, style, icon };
  const missing = renderNotice(
    'There is nothing here',
    'The address may be mistyped, or what it led to is gone.',
    nowhere,
  );
  const away = renderNotice('One moment', 'This page cannot be reached just now. Try again shortly.', nowhere);
  const broken = renderNotice('Something went wrong', 'The fault is on our side. Try again later.', nowhere);

  function send(
    request: Request,
    secure: boolean,
    status: number,
    body: Uint8Array<ArrayBuffer>,
    more: Record<string, string>,
  ): Response {
    const headers = new Headers({ ...HEADERS, 'content-length': String(body.length), ...more });
    if (secure) headers.set('strict-transport-security', `max-age=${ONE_YEAR_S}`);
    return new Response(request.method === 'HEAD' ? null : body, { status, headers });
  }

  const notice = (request: Request, secure: boolean, status: number, html: string, more: Record<string, string> = {}) =>
    send(request, secure, status, new Uint8Array(Buffer.from(html)), { 'cache-control': 'no-store', ...more });

  async function page(request: Request, secure: boolean, found: PublishedPage): Promise<Response> {
    const host = request.headers.get('host');
    // The Host header is the client's word: only a plain one is used.
    const origin = host && PLAIN_HOST.test(host) ? `${secure ? 'https' : 'http'}://${host.toLowerCase()}` : undefined;
    const plain = Buffer.from(renderPage(found, { ...nowhere, origin }));
    const encoding = chooseEncoding(request.headers.get('accept-encoding'), () => plain.length >= WORTH_COMPRESSING);
    const caching = {
      // Of the bytes: a new revision and a new look have new tags. Of the visibility too: a shared cache that asks whether
      // its copy still stands is not told so of a page that is no longer for everybody.
      etag: `"${etagOf(`${found.visibility} ${plain}`)}${encoding === undefined ? '' : `-${encoding}`}"`,
      'cache-control': found.visibility === 'public' ? 'public, max-age=0, must-revalidate' : 'private, no-store',
      vary: 'accept-encoding',
    };
    if (alreadyHas(request.headers.get('if-none-match'), caching.etag)) {
      return new Response(null, { status: 304, headers: { ...HEADERS, ...caching } });
    }
    if (encoding === undefined) return send(request, secure, 200, new Uint8Array(plain), caching);
    const body = new Uint8Array(await compressors[encoding](plain));
    return send(request, secure, 200, body, { ...caching, 'content-encoding': encoding });
  }

  return async (request, { secure }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return notice(request, secure, 405, missing, { allow: 'GET, HEAD' });
    }
    try {
      const slug = PATH.exec(new URL(request.url).pathname)?.[1];
      const cookies = request.headers.get('cookie');
      // Most readers have no cookie of ours: nothing is looked up for them.
      const isVisitor = slug !== undefined && cookies !== null && tokenOfCookies(cookies, secure) !== undefined;
      const viewer = isVisitor ? await viewerOf(cookies, secure) : undefined;
      const found = slug === undefined ? undefined : await published(slug, viewer);
      if (found !== undefined) return await page(request, secure, found);
      return notice(request, secure, 404, missing);
    } catch (error) {
      if (isUnavailable(error)) {
        log.warn({ err: error }, 'the database is away');
        return notice(request, secure, 503, away, { 'retry-after': String(RETRY_S) });
      }
      log.error({ err: error, path: new URL(request.url).pathname }, 'reading page failed');
      return notice(request, secure, 500, broken);
    }
  };
}
