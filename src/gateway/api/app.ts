/**
 * The HTTP API, mounted at `/v1`.
 *
 *   context.ts       ports, and what is known of a request
 *   authenticate.ts  bearer or cookie, cross-site requests     cookies.ts   the session cookie
 *   body.ts          the gate for bodies                       problem.ts   failures as RFC 9457
 *   attempts.ts      limits of sign-in                         resource.ts  methods of a path, 405
 *   sessions.ts  documents.ts  grants.ts  updates.ts           one group of routes each
 *
 * Every answer, failures included, leaves through here and bears the same security headers. Expected failures are
 * values; what is thrown is either the database being away (503) or a fault of ours (500, logged, nothing told).
 */
import { Hono } from 'hono';
import { createAuthenticator, requireIdentity } from './authenticate.ts';
import type { ApiEnv, ApiPorts, RequestInfo } from './context.ts';
import { documentRoutes } from './documents.ts';
import { grantRoutes } from './grants.ts';
import { problemOf } from './problem.ts';
import { sessionRoutes } from './sessions.ts';
import { updateRoutes } from './updates.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const ONE_YEAR_S = 31_536_000;

export interface Api {
  /** Answers a request below `/v1`; never rejects. */
  fetch(request: Request, info: RequestInfo): Promise<Response>;
}

export function createApi(ports: ApiPorts): Api {
  const app = new Hono<ApiEnv>().basePath('/v1');
  const signedIn = requireIdentity(createAuthenticator(ports.sessions));

  app.use(async (c, next) => {
    const secure = ports.isSecure(c.req.raw, c.env.info);
    c.set('secure', secure);
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
    if (secure) c.res.headers.set('strict-transport-security', `max-age=${ONE_YEAR_S}`);
  });
  sessionRoutes(app, ports, signedIn);
  documentRoutes(app, ports, signedIn);
  grantRoutes(app, ports, signedIn);
  updateRoutes(app, ports, signedIn);

  app.notFound(() => problemOf('not_found'));
  app.onError((error, c) => {
    if (ports.isUnavailable(error)) {
      ports.log.warn({ err: error, method: c.req.method, path: c.req.path }, 'the database is away');
      return problemOf('unavailable');
    }
    ports.log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed');
    return problemOf('internal');
  });

  return { fetch: async (request, info) => app.fetch(request, { info }) };
}
