/**
 * Serves the browser app: tiny static shells for its pages and the built assets, all from memory.
 * Knows nothing of documents or users; whether a visitor may see anything is the API's business. The shells hold nothing
 * private and answer with the database away.
 * The content policy allows this origin alone and nothing inline.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Context, Hono } from 'hono';
import { tokenOfCookies } from './api/cookies.ts';

interface Page {
  readonly script: string;
  readonly style?: string;
  readonly preload: readonly string[];
}

/** What `scripts/build-web.mjs` writes. */
interface Manifest {
  readonly key: string;
  readonly icon: string;
  readonly worker: string;
  readonly pages: Readonly<Record<'list' | 'sign-in' | 'edit' | 'missing', Page>>;
}

export interface PagesOptions {
  /** Folder of the built app, as `scripts/build-web.mjs` leaves it. */
  readonly webDir: string;
}

const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const MIME: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const TITLES = { list: 'Documents – Stet', 'sign-in': 'Sign in – Stet', edit: 'Stet', missing: 'Not found – Stet' };

type Bytes = Uint8Array<ArrayBuffer>;
/** A body and its compressed twins, with what tells them from others. */
interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly plain: Bytes;
  readonly encoded: Readonly<Partial<Record<'br' | 'gzip', Bytes>>>;
}

const etagOf = (content: Uint8Array | string) => createHash('sha256').update(content).digest('base64url').slice(0, 22);
const bytes = (content: Buffer): Bytes => new Uint8Array(content);

function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const type = MIME[extname(name)];
    if (type === undefined) continue;
    const plain = bytes(readFileSync(join(folder, name)));
    const encoded: Partial<Record<'br' | 'gzip', Bytes>> = {};
    for (const [encoding, suffix] of ENCODINGS) {
      const twin = join(folder, name + suffix);
      if (existsSync(twin)) encoded[encoding] = bytes(readFileSync(twin));
    }
    assets.set(name, { type, etag: etagOf(plain), plain, encoded });
  }
  return assets;
}

function shellOf(name: keyof Manifest['pages'], manifest: Manifest): Asset {
  const page = manifest.pages[name];
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#191817" media="(prefers-color-scheme: dark)">',
    `<title>${TITLES[name]}</title>`,
    `<link rel="icon" type="image/svg+xml" href="/assets/${manifest.icon}">`,
    ...(page.style === undefined ? [] : [`<link rel="stylesheet" href="/assets/${page.style}">`]),
    ...page.preload.map((chunk) => `<link rel="modulepreload" href="/assets/${chunk}">`),
    `<script type="module" src="/assets/${page.script}"></script>`,
  ];
  const body = '<div id="app" aria-busy="true"></div>\n<noscript>Stet needs JavaScript to write with.</noscript>';
  const html = `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
  return { type: 'text/html; charset=utf-8', etag: etagOf(html), plain: new TextEncoder().encode(html), encoded: {} };
}

/** The best encoding that both sides have; undefined for the plain body. */
function chooseEncoding(accepts: string | undefined, asset: Asset): 'br' | 'gzip' | undefined {
  const accepted = new Map<string, number>();
  for (const part of (accepts ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    accepted.set(name, weight === undefined ? 1 : Number.parseFloat(weight.slice(2)) || 0);
  }
  const weigh = (encoding: string) => accepted.get(encoding) ?? accepted.get('*') ?? 0;
  return ENCODINGS.map(([encoding]) => encoding).find(
    (encoding) => asset.encoded[encoding] !== undefined && weigh(encoding) > 0,
  );
}

/** Whether a conditional request already holds this version: tags compare weakly, as RFC 9110 asks. */
function alreadyHas(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function contentPolicy(host: string | undefined): string {
  // Some browsers do not count a WebSocket to the same host as 'self'. The Host header is the client's word: only a plain one is used.
  const sockets = host !== undefined && /^[a-z0-9.-]+(:\d{1,5})?$/i.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Whether the request carries a session cookie at all. What it is worth the API decides: a shell holds nothing private. */
function hasSession(request: Request): boolean {
  const cookies = request.headers.get('cookie');
  return (tokenOfCookies(cookies, true) ?? tokenOfCookies(cookies, false) ?? '') !== '';
}

/**
 * Makes the routes of the browser app: `/`, `/sign-in`, `/edit/:id`, `/assets/*`, `/offline-worker.js`,
 * and the page for everything else.
 * Mount it last, as the fallback of the gateway's routes: a Hono sub-app's own 404 page is lost when it is mounted by `route`,
 * so use `app.notFound((c) => pages.fetch(c.req.raw))`.
 * @throws when the app has not been built
 */
export function createPages({ webDir }: PagesOptions): Hono {
  const manifestFile = join(webDir, 'manifest.json');
  if (!existsSync(manifestFile)) throw new Error(`the browser app is not built: no ${manifestFile}`);
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
  const assets = readAssets(join(webDir, 'assets'));
  const shells = {
    list: shellOf('list', manifest),
    'sign-in': shellOf('sign-in', manifest),
    edit: shellOf('edit', manifest),
    missing: shellOf('missing', manifest),
  };

  function send(c: Context, asset: Asset, cacheControl: string, status: 200 | 404 = 200): Response {
    const encoding = chooseEncoding(c.req.header('accept-encoding'), asset);
    const etag = `"${asset.etag}${encoding === undefined ? '' : `-${encoding}`}"`;
    c.header('etag', etag);
    c.header('cache-control', cacheControl);
    c.header('x-content-type-options', 'nosniff');
    if (Object.keys(asset.encoded).length > 0) c.header('vary', 'accept-encoding');
    if (status === 200 && alreadyHas(c.req.header('if-none-match'), etag)) return c.body(null, 304);
    c.header('content-type', asset.type);
    if (encoding !== undefined) c.header('content-encoding', encoding);
    return c.body((encoding === undefined ? undefined : asset.encoded[encoding]) ?? asset.plain, status);
  }

  function sendShell(c: Context, name: keyof typeof shells): Response {
    c.header('content-security-policy', contentPolicy(c.req.header('host')));
    c.header('referrer-policy', 'same-origin');
    c.header('x-frame-options', 'DENY');
    c.header('cross-origin-opener-policy', 'same-origin');
    c.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    return send(c, shells[name], 'private, no-cache', name === 'missing' ? 404 : 200);
  }

  function sendForAuthors(c: Context, name: 'list' | 'edit'): Response {
    if (hasSession(c.req.raw)) return sendShell(c, name);
    c.header('cache-control', 'private, no-store');
    return c.redirect(c.req.path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(c.req.path)}`, 302);
  }

  const app = new Hono();
  app.get('/', (c) => sendForAuthors(c, 'list'));
  app.get('/sign-in', (c) => sendShell(c, 'sign-in'));
  app.get('/edit/:id', (c) => sendForAuthors(c, 'edit'));
  // At the root, under a name that stays: its path is its reach, and browsers look there for a newer one.
  app.get('/offline-worker.js', (c) => {
    const worker = assets.get(manifest.worker);
    return worker === undefined ? c.notFound() : send(c, worker, 'public, no-cache');
  });
  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name'));
    if (asset === undefined) return c.notFound();
    return send(c, asset, 'public, max-age=31536000, immutable');
  });
  app.notFound((c) => sendShell(c, 'missing'));
  return app;
}
