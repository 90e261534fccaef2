/**
 * One POST to an address that a user named. The host is resolved once, here, and the connection goes to the very addresses
 * that were checked: a resolver that changes its mind, or an answer that redirects, leads nowhere else. Redirects are not
 * followed, of the answer's body a little is read and dropped. Never throws.
 */
import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { hostOf } from './targets.ts';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the system does it, with its hosts file and search domains: for networks that the operator opened. */
export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * By DNS alone. The system's way takes a thread of the few that password checks and files need as well, for as long as a
 * name server, which a user may run, cares to be silent.
 * @param servers `address:port` of name servers; left out, the system's
 */
export function createPublicResolve(servers?: readonly string[]): Resolve {
  return async (host) => {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    if (servers) resolver.setServers(servers);
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [first] = answers;
    if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
    return addresses;
  };
}

export interface PostOptions {
  headers: Readonly<Record<string, string>>;
  body: string;
  resolve: Resolve;
  /** Whether connecting to this address is allowed. */
  isAllowed(address: string): boolean;
  /** Ends the attempt, whatever it waits for. */
  signal: AbortSignal;
}

export type PostResult =
  | { kind: 'answered'; status: number; retryAfter: string | undefined }
  /** Nothing was answered. `reason`: a few words for the webhook's owner. */
  | { kind: 'unanswered'; reason: string };

/** Bytes of a response's body that are read before the connection is closed. */
const MAX_ANSWER_BYTES = 16_384;
const BROKEN = 'the connection was lost';

export async function post(url: URL, options: PostOptions): Promise<PostResult> {
  try {
    const addresses = await addressesOf(hostOf(url), options);
    const allowed = addresses.filter(options.isAllowed);
    if (allowed.length === 0) return { kind: 'unanswered', reason: 'the host has no public address' };
    return await send(url, allowed, options);
  } catch (error) {
    return { kind: 'unanswered', reason: reasonOf(error) };
  }
}

/** The addresses of a host; rejects when the attempt ends first, because a look-up cannot be cancelled. */
async function addressesOf(host: string, { resolve, signal }: PostOptions): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  signal.throwIfAborted();
  let end: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([resolve(host), ended]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function send(url: URL, addresses: readonly string[], { headers, body, signal }: PostOptions): Promise<PostResult> {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const first = found[0] as LookupAddress;
  const lookup: LookupFunction = (_host, { all }, callback) =>
    all ? callback(null, found) : callback(null, first.address, first.family);
  const secure = url.protocol === 'https:';
  // A connection of its own: one that was kept could lead where the host's addresses pointed before.
  const agent = secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  const length = String(Buffer.byteLength(body));
  return new Promise((done, fail) => {
    const request = (secure ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': length },
      agent,
      lookup,
      signal,
    });
    // The answer stands once its head is there, however its body ends.
    let answer: PostResult | undefined;
    request.on('error', (error) => (answer ? done(answer) : fail(error)));
    // Some ends are no errors to Node: an answer that switches protocols.
    request.on('close', () => done(answer ?? { kind: 'unanswered', reason: BROKEN }));
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      const answered: PostResult = { kind: 'answered', status, retryAfter: headers['retry-after'] };
      answer = answered;
      drain(response, () => done(answered));
    });
    request.end(body);
  });
}

/** Reads and drops the beginning of an answer's body, and ends the connection. */
function drain(response: IncomingMessage, done: () => void): void {
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) response.destroy();
  });
  response.on('error', done);
  response.on('close', done);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name does not exist',
  ENODATA: 'the host name does not exist',
  ETIMEOUT: 'the host name could not be resolved',
  ESERVFAIL: 'the host name could not be resolved',
  EAI_AGAIN: 'the host name could not be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: BROKEN,
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the host is unreachable',
  ETIMEDOUT: 'the host is unreachable',
};

function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'AbortError') return 'no response in time';
  if (typeof code !== 'string') return 'the request failed';
  return REASONS[code] ?? `the request failed (${code.slice(0, 60)})`;
}
