/** Routes by resource: one path, its methods, and 405 with `Allow` for every other. */
import type { Context, Handler, Hono, MiddlewareHandler } from 'hono';
import type { ApiEnv } from './context.ts';
import { problemOf } from './problem.ts';

export type ApiContext = Context<ApiEnv>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** A route: the middleware before it, then the handler that answers. */
export type Route = readonly [...MiddlewareHandler<ApiEnv>[], Handler<ApiEnv>];

export function resource(app: Hono<ApiEnv>, path: string, routes: Partial<Record<Method, Route>>): void {
  for (const [method, handlers] of Object.entries(routes)) app.on(method, [path], ...handlers);
  const allow = Object.keys(routes).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  app.all(path, () => problemOf('method_not_allowed', { headers: { allow: allow.join(', ') } }));
}
