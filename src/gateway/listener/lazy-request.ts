/**
 * A Request that costs little until somebody asks for more than method, url, headers and body text.
 * Native Requests validate and copy everything up front, several microseconds each; most of it unread.
 * It does not know which listener it came from.
 *
 * It passes `instanceof Request`, but only `clone()` gives a native one: the native constructor reads
 * private fields that this object does not have.
 */
import type { RequestBody } from './request-body.ts';

/** Header names and values by turns, in the order they came. */
export type RawHeaders = readonly string[];

const decoder = new TextDecoder();

export class LazyRequest {
  readonly method: string;
  readonly url: string;
  readonly #rawHeaders: RawHeaders;
  readonly #incoming: RequestBody | null;
  #headers: Headers | undefined;
  #abort: AbortController | undefined;
  #abortReason: { reason: unknown } | undefined;
  #native: Request | undefined;

  /** `body` is null for requests without one. */
  constructor(method: string, url: string, rawHeaders: RawHeaders, body: RequestBody | null) {
    this.method = method;
    this.url = url;
    this.#rawHeaders = rawHeaders;
    this.#incoming = body;
  }

  get headers(): Headers {
    this.#headers ??= headersOf(this.#rawHeaders);
    return this.#headers;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#abortReason !== undefined) this.#abort.abort(this.#abortReason.reason);
    }
    return this.#abort.signal;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#incoming === null) return null;
    return this.#native === undefined ? this.#incoming.stream() : this.#native.body;
  }

  get bodyUsed(): boolean {
    if (this.#native !== undefined) return this.#native.bodyUsed;
    return this.#incoming?.gathered === true;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#incoming === null) return new Uint8Array(0);
    if (this.#native !== undefined) return new Uint8Array(await this.#native.arrayBuffer());
    return this.#incoming.gather();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    return decoder.decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' });
  }

  async formData(): Promise<FormData> {
    const headers = { 'content-type': this.headers.get('content-type') ?? '' };
    return new Response(await this.bytes(), { headers }).formData();
  }

  clone(): Request {
    return this.#materialize().clone();
  }

  get cache(): Request['cache'] {
    return this.#materialize().cache;
  }
  get credentials(): Request['credentials'] {
    return this.#materialize().credentials;
  }
  get destination(): Request['destination'] {
    return this.#materialize().destination;
  }
  get duplex(): string {
    return 'half';
  }
  get integrity(): string {
    return this.#materialize().integrity;
  }
  get keepalive(): boolean {
    return this.#materialize().keepalive;
  }
  get mode(): Request['mode'] {
    return this.#materialize().mode;
  }
  get redirect(): Request['redirect'] {
    return this.#materialize().redirect;
  }
  get referrer(): string {
    return this.#materialize().referrer;
  }
  get referrerPolicy(): Request['referrerPolicy'] {
    return this.#materialize().referrerPolicy;
  }

  /** This object as what fetch handlers take. */
  asRequest(): Request {
    return this as unknown as Request;
  }

  /** The client is gone: `signal` aborts, also if it is first read later. */
  abortWith(reason: unknown): void {
    this.#abortReason ??= { reason };
    this.#abort?.abort(reason);
  }

  #materialize(): Request {
    if (this.#native === undefined) {
      const init = { method: this.method, headers: this.headers, signal: this.signal };
      const body = this.#incoming === null ? {} : { body: this.#incoming.stream(), duplex: 'half' as const };
      this.#native = new Request(this.url, { ...init, ...body });
    }
    return this.#native;
  }
}
Object.setPrototypeOf(LazyRequest.prototype, Request.prototype);

/** Raw header pairs as Headers; pairs that no Headers can hold are left out. */
export function headersOf(rawHeaders: RawHeaders): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    try {
      headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
    } catch {
      // A byte that the parser let through and fetch does not; as if it had not been sent.
    }
  }
  return headers;
}

/** Of these more than one is none of a client's business; node:http takes the first. */
const SINGLE = new Set(['authorization', 'content-length', 'content-type', 'host', 'referer', 'user-agent']);

/** Headers by lower-case name, the values of each as one (RFC 9110, section 5.3; RFC 6265, section 5.4), like node:http's. */
export function joinedHeaders(rawHeaders: RawHeaders): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (!SINGLE.has(name)) headers.set(name, `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  return headers;
}

/** A header's values as one, like `Headers.get`, without making Headers; null when it is not there. @param name lower-case */
export function headerOf(rawHeaders: RawHeaders, name: string): string | null {
  let found: string | null = null;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1]!;
    found = found === null ? value : `${found}, ${value}`;
  }
  return found;
}
