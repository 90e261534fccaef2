/**
 * Serves the browser app: tiny static shells for its pages and the built assets, all from memory.
 * Knows nothing of documents or users; whether a visitor may see anything is the API's business. The shells hold nothing
 * private and answer with the database away.
 * The content policy allows this origin alone and nothing inline.
 */
import { type Context, Hono } from 'hono';
import { SHELLS } from '../../messages/catalogues.ts';
import { hasSessionCookie } from '../access/cookies.ts';
import { originMeta, socketsOf } from '../access/site.ts';
import { type PageName, readAssets, readManifest } from '../http/built-app.ts';
import { createNotices } from '../http/notices.ts';
import { type Representation, respond } from '../http/representation.ts';
import { createShell, SHELL_VARIES } from '../http/shells.ts';

export interface PagesOptions {
  /** Folder of the built app, as `scripts/build-web.mjs` leaves it. */
  readonly webDir: string;
  /** The origin that links on the pages name; left out: where the browser is. */
  readonly publicUrl?: string | undefined;
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

/**
 * Makes the routes of the browser app: `/`, `/sign-in`, `/edit/:id` and its history, `/assets/*`,
 * `/offline-worker.js`, and the page for everything else.
 * Mount it last, as the fallback of the gateway's routes: a Hono sub-app's own 404 page is lost when it is mounted by `route`,
 * so use `app.notFound((c) => pages.fetch(c.req.raw))`.
 * @throws when the app has not been built
 */
export function createPages({ webDir, publicUrl }: PagesOptions): Hono {
  const manifest = readManifest(webDir);
  const notice = createNotices({ style: manifest.reading, icon: manifest.icon });
  const assets = readAssets(webDir);
  const shell = (name: PageName) =>
    createShell({
      page: manifest.pages[name],
      texts: SHELLS[name],
      icon: manifest.icon,
      viewport: 'width=device-width, initial-scale=1, interactive-widget=resizes-content',
      head: originMeta(publicUrl),
    });
  const shells = {
    list: shell('list'),
    'sign-in': shell('sign-in'),
    edit: shell('edit'),
    history: shell('history'),
  };

  function send(c: Context, asset: Representation, headers: Readonly<Record<string, string>>) {
    return respond(c.req.raw, asset, { ...headers, 'x-content-type-options': 'nosniff' });
  }

  function sendShell(c: Context, name: PageName): Response | Promise<Response> {
    const headers = {
      vary: name === 'sign-in' ? SHELL_VARIES.vary : `${SHELL_VARIES.vary}, cookie`,
      'cache-control': 'private, no-cache',
      'content-security-policy': contentPolicy(c.req.header('host')),
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    };
    return send(c, shells[name](c.req.raw), headers);
  }

  function sendForAuthors(c: Context, name: 'edit' | 'history'): Response | Promise<Response> {
    if (hasSessionCookie(c.req.header('cookie'))) return sendShell(c, name);
    c.header('cache-control', 'private, no-store');
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`/sign-in?next=${encodeURIComponent(pathname + search)}`, 302);
  }

  const app = new Hono();
  // Of those who have a session: strangers get the home page here (`readers/pages/home.ts`).
  app.get('/', (c) => sendShell(c, 'list'));
  app.get('/sign-in', (c) => sendShell(c, 'sign-in'));
  app.get('/edit/:id', (c) => sendForAuthors(c, 'edit'));
  app.get('/edit/:id/history', (c) => sendForAuthors(c, 'history'));
  // Its address before it showed more than revisions.
  app.get('/edit/:id/revisions', (c) => c.redirect(`/edit/${encodeURIComponent(c.req.param('id'))}/history`, 308));
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
  app.notFound((c) => notice(c.req.raw, 404, 'missing'));
  return app;
}
