/**
 * Serves the browser app: tiny static shells for its pages and the built assets, all from memory.
 * Knows nothing of documents or users; whether a visitor may see anything is the API's business. The shells hold nothing
 * private and answer with the database away.
 * The content policy allows this origin alone and nothing inline.
 */
import { type Context, Hono } from 'hono';
import { tokenOfCookies } from '../access/cookies.ts';
import { originMeta, socketsOf } from '../access/site.ts';
import { htmlAsset, type Manifest, type PageName, readAssets, readManifest } from '../http/built-app.ts';
import { type Representation, respond } from '../http/representation.ts';

export interface PagesOptions {
  /** Folder of the built app, as `scripts/build-web.mjs` leaves it. */
  readonly webDir: string;
  /** The origin that links on the pages name; left out: where the browser is. */
  readonly publicUrl?: string | undefined;
}

const TITLES: Readonly<Record<PageName, string>> = {
  list: 'Documents – Stet',
  'sign-in': 'Sign in – Stet',
  edit: 'Stet',
  revisions: 'Revisions – Stet',
  missing: 'Not found – Stet',
};

function shellOf(name: PageName, manifest: Manifest, publicUrl: string | undefined): Representation {
  const page = manifest.pages[name];
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#191817" media="(prefers-color-scheme: dark)">',
    ...originMeta(publicUrl),
    `<title>${TITLES[name]}</title>`,
    `<link rel="icon" type="image/svg+xml" href="/assets/${manifest.icon}">`,
    ...(page.style === undefined ? [] : [`<link rel="stylesheet" href="/assets/${page.style}">`]),
    ...page.preload.map((chunk) => `<link rel="modulepreload" href="/assets/${chunk}">`),
    `<script type="module" src="/assets/${page.script}"></script>`,
  ];
  const body = '<div id="app" aria-busy="true"></div>\n<noscript>Stet needs JavaScript to write with.</noscript>';
  const html = `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
  return htmlAsset(html);
}

function contentPolicy(host: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${socketsOf(host)}`,
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
 * Makes the routes of the browser app: `/`, `/sign-in`, `/edit/:id` and its revisions, `/assets/*`,
 * `/offline-worker.js`, and the page for everything else.
 * Mount it last, as the fallback of the gateway's routes: a Hono sub-app's own 404 page is lost when it is mounted by `route`,
 * so use `app.notFound((c) => pages.fetch(c.req.raw))`.
 * @throws when the app has not been built
 */
export function createPages({ webDir, publicUrl }: PagesOptions): Hono {
  const manifest = readManifest(webDir);
  const assets = readAssets(webDir);
  const shells = {
    list: shellOf('list', manifest, publicUrl),
    'sign-in': shellOf('sign-in', manifest, publicUrl),
    edit: shellOf('edit', manifest, publicUrl),
    revisions: shellOf('revisions', manifest, publicUrl),
    missing: shellOf('missing', manifest, publicUrl),
  };

  function send(c: Context, asset: Representation, headers: Readonly<Record<string, string>>, status: 200 | 404 = 200) {
    return respond(c.req.raw, asset, { ...headers, 'x-content-type-options': 'nosniff' }, status);
  }

  function sendShell(c: Context, name: PageName): Response | Promise<Response> {
    const headers = {
      'cache-control': 'private, no-cache',
      'content-security-policy': contentPolicy(c.req.header('host')),
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    };
    return send(c, shells[name], headers, name === 'missing' ? 404 : 200);
  }

  function sendForAuthors(c: Context, name: 'list' | 'edit' | 'revisions'): Response | Promise<Response> {
    if (hasSession(c.req.raw)) return sendShell(c, name);
    c.header('cache-control', 'private, no-store');
    return c.redirect(c.req.path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(c.req.path)}`, 302);
  }

  const app = new Hono();
  app.get('/', (c) => sendForAuthors(c, 'list'));
  app.get('/sign-in', (c) => sendShell(c, 'sign-in'));
  app.get('/edit/:id', (c) => sendForAuthors(c, 'edit'));
  app.get('/edit/:id/revisions', (c) => sendForAuthors(c, 'revisions'));
  // At the root, under a name that stays: its path is its reach, and browsers look there for a newer one.
  app.get('/offline-worker.js', (c) => {
    const worker = assets.get(manifest.worker);
    if (worker === undefined) return c.notFound();
    // The policy of its script is the worker's own: what it does is to fetch our pages.
    const policy = "default-src 'none'; connect-src 'self'";
    return send(c, worker, { 'cache-control': 'public, no-cache', 'content-security-policy': policy });
  });
  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name'));
    if (asset === undefined) return c.notFound();
    return send(c, asset, { 'cache-control': 'public, max-age=31536000, immutable' });
  });
  app.notFound((c) => sendShell(c, 'missing'));
  return app;
}
