/**
 * `/widget.js` for anyone's page and `/embed`, which helps to put it there: from memory, the same for everybody. Knows
 * nothing of documents. The script may be loaded by every origin; the page loads nothing from other origins.
 */
import { SHELLS } from '../../messages/catalogues.ts';
import { originMeta, socketsOf } from '../access/site.ts';
import { readAssets, readManifest } from '../http/built-app.ts';
import { type Representation, respond } from '../http/representation.ts';
import { createShell, SHELL_VARIES } from '../http/shells.ts';

/** Undefined: the path is not one of the two. */
export type WidgetScripts = (request: Request) => Response | Promise<Response> | undefined;

const ONE_DAY_S = 86_400;

const SCRIPT_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  // Its address stays the same: browsers cache it for a while, then revalidate.
  'cache-control': `public, max-age=300, stale-while-revalidate=${ONE_DAY_S}, stale-if-error=${ONE_DAY_S}`,
  'x-content-type-options': 'nosniff',
};

function policyFor(host: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${socketsOf(host)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function send(
  request: Request,
  asset: Representation,
  headers: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { ...headers, allow: 'GET, HEAD' } });
  }
  return respond(request, asset, headers);
}

export interface WidgetScriptsOptions {
  /** Folder of the built app. */
  readonly webDir: string;
  /** The origin that snippets name; left out: where the browser is. */
  readonly publicUrl?: string | undefined;
}

/** @throws when the app has not been built */
export function createWidgetScripts({ webDir, publicUrl }: WidgetScriptsOptions): WidgetScripts {
  const manifest = readManifest(webDir);
  const script = readAssets(webDir).get(manifest.widget);
  if (!script) throw new Error(`the widget is not built: no ${manifest.widget}`);
  const shell = createShell({
    page: manifest.embed,
    texts: SHELLS.embed,
    icon: manifest.icon,
    head: ['<meta name="robots" content="noindex">', ...originMeta(publicUrl)],
    scripts: ['<script async src="/widget.js"></script>'],
  });
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/widget.js') return send(request, script, SCRIPT_HEADERS);
    if (pathname !== '/embed') return undefined;
    return send(request, shell(request), {
      ...SHELL_VARIES,
      'cache-control': 'no-cache',
      'content-security-policy': policyFor(request.headers.get('host')),
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  };
}
