/** Successful answers. Failures are `problem.ts`'s. */

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export function text(value: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(value, { headers: { 'content-type': `${type}; charset=utf-8`, ...headers } });
}

export function bytes(value: Uint8Array, headers: Record<string, string> = {}): Response {
  return new Response(new Uint8Array(value), { headers: { 'content-type': 'application/octet-stream', ...headers } });
}

export function empty(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers });
}
