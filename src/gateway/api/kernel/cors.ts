/**
 * Scripts of any origin may call the API with a bearer token (Fetch standard, CORS protocol). Cookies never count
 * across origins: without `Access-Control-Allow-Credentials` a browser hides the response to a request that carried some.
 */
const EXPOSED = [
  'allow',
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'x-request-id',
].join(', ');
const ACCEPTED =
  'accept, authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, x-request-id';
const TWO_HOURS_S = 7_200;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function allowCrossOrigin(headers: Headers): void {
  headers.set('access-control-allow-origin', '*');
  headers.set('access-control-expose-headers', EXPOSED);
}

/**
 * The answer to a preflight request, which a browser sends before any request that a form could not make.
 * @param methods those of the path; left out for an unknown path, whose request is allowed, so that the script can read
 * the 404
 */
export function preflight(methods: readonly string[] = METHODS): Response {
  return new Response(null, {
    status: 204,
    headers: {
      allow: [...methods, 'OPTIONS'].join(', '),
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': ACCEPTED,
      'access-control-max-age': String(TWO_HOURS_S),
    },
  });
}
