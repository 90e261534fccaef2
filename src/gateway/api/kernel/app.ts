/**
 * The HTTP API, mounted at `/v1`.
 *
 *   operation.ts        one operation as a value     pipeline.ts      a request's way through it
 *   body.ts query.ts    the gate for input           idempotency.ts   one answer for repeated requests
 *   responses.ts        what goes out                cors.ts          other origins
 *
 * Around it: ../operations.ts lists all operations, ../reference/ makes OpenAPI and the docs page of them. They know the
 * kernel, and it knows none of them.
 *
 * Every response, failures included, leaves through here with the same security headers. Expected failures are values; an exception
 * is either an unavailable database (503) or a bug (500, logged, and not described to the client).
 */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { Logger } from '../../../lib/logger.ts';
import { type CredentialLookup, createAuthenticator } from '../../access/authenticate.ts';
import { problemOf } from '../../http/problem.ts';
import { allowCrossOrigin, preflight } from './cors.ts';
import type { Operation } from './operation.ts';
import { type PipelinePorts, run } from './pipeline.ts';
import type { ApiEnv, RequestInfo } from './request.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const REQUEST_ID = /^[\w.:-]{1,100}$/;

export interface Api {
  /** Answers a request below `/v1`; never rejects. */
  fetch(request: Request, info: RequestInfo): Promise<Response>;
  /** The router's routes, its catch-alls included. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

export interface ApiPorts extends PipelinePorts {
  /** Sessions and API tokens alike. */
  credentials: CredentialLookup;
  /** Whether the request came over TLS, here or at a trusted proxy: decides the cookie's name and attributes. */
  isSecure(request: Request, info: RequestInfo): boolean;
  /** True when an error means that the database is unavailable, or that a retry may succeed. */
  isUnavailable(error: unknown): boolean;
  log: Logger;
}

export function createApi(operations: readonly Operation[], ports: ApiPorts): Api {
  const app = new Hono<ApiEnv>().basePath('/v1');
  const authenticator = createAuthenticator(ports.credentials);

  app.use(async (c, next) => {
    const secure = ports.isSecure(c.req.raw, c.env.info);
    c.set('secure', secure);
    const requested = c.req.header('x-request-id');
    const requestId = requested !== undefined && REQUEST_ID.test(requested) ? requested : randomUUID();
    c.set('requestId', requestId);
    await next();
    const { headers } = c.res;
    for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
    headers.set('x-request-id', requestId);
    allowCrossOrigin(headers);
  });

  for (const [path, methods] of byPath(operations)) {
    for (const operation of methods) {
      app.on(operation.method.toUpperCase(), [path], (c) => run(operation, c, ports, authenticator));
    }
    const allow = methods.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    app.options(path, () => preflight(allow));
    app.all(path, () => problemOf('method_not_allowed', { headers: { allow: [...allow, 'OPTIONS'].join(', ') } }));
  }

  app.options('*', () => preflight());
  app.notFound(() => problemOf('not_found'));
  app.onError((error, c) => {
    if (ports.isUnavailable(error)) {
      ports.log.warn({ err: error, method: c.req.method, path: c.req.path }, 'the database is unavailable');
      return problemOf('unavailable');
    }
    ports.log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed');
    return problemOf('internal');
  });

  return {
    fetch: async (request, info) => app.fetch(request, { info }),
    routes: app.routes.map(({ method, path }) => ({ method, path })),
  };
}

/** Operations by their path, as the router writes it: `{id}` is `:id`. */
function byPath(operations: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) {
    const path = operation.path.replace(/\{(\w+)\}/g, ':$1');
    paths.set(path, [...(paths.get(path) ?? []), operation]);
  }
  return paths;
}
