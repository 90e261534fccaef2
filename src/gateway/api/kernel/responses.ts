/** Successful responses. `problem.ts` makes the others. */

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** A body that is encoded already, sent as it is. */
export function bytes(value: Uint8Array, type: string, headers: Record<string, string> = {}): Response {
  return new Response(value as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type, ...headers } });
}

export function empty(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers });
}
