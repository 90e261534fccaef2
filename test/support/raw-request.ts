/** A request as it stands: `fetch` would set the Host header and unpack the answer by itself. */
import { type IncomingHttpHeaders, request as send } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function request(
  url: URL,
  /** `path` is sent as it stands; left out, that of the URL, normalised. */
  options: { method?: string; path?: string; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const outgoing = send(url, { ...options, agent: false }, async (response) => {
    const chunks: Buffer[] = await response.toArray();
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
  });
  outgoing.on('error', reject);
  outgoing.end();
  return await promise;
}
