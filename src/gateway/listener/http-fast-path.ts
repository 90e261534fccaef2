/**
 * The fast path through a listener: a GET without a query whose response is ready in memory is written at once, without the
 * request and response objects that a handler works with. Knows nothing of what is served.
 */

/** The head of a request, valid only during the call. */
export interface RequestHead {
  /** Without a query. */
  readonly path: string;
  /** By lower-case name; empty when it is not there. */
  header(name: string): string;
  remoteAddress(): string;
  /** TLS ended at this listener. */
  readonly secure: boolean;
}

type Field = readonly [name: string, value: string];

export interface PreparedResponse {
  readonly status: 200 | 304;
  /** All headers but `Content-Length`; one at least. */
  readonly headers: readonly Field[];
  /**
   * The same for a listener that writes bytes: the first header's name, and everything from its value to the end of the
   * last one. Native calls cost more than what they write.
   */
  readonly block: { readonly name: string; readonly rest: ArrayBuffer };
  /** Undefined for 304. */
  readonly body: ArrayBuffer | undefined;
}

/** @param headers as a `Headers` object gives them: names and values that have been checked (RFC 9110, section 5.5) */
export function prepareResponse(
  status: PreparedResponse['status'],
  headers: readonly [Field, ...Field[]],
  body: ArrayBuffer | undefined,
): PreparedResponse {
  const [[name, value], ...others] = headers;
  const rest = [value, ...others.map((field) => field.join(': '))].join('\r\n');
  return { status, headers, block: { name, rest: Uint8Array.from(Buffer.from(rest, 'latin1')).buffer }, body };
}

export interface HttpFastPath {
  /** Of paths that are looked up, and whole paths; other requests go to the handler at once. */
  readonly prefixes: readonly string[];
  readonly paths: readonly string[];
  /** Must not throw. Undefined: the handler answers. */
  find(head: RequestHead): PreparedResponse | undefined;
}

export const STATUS_LINES: Readonly<Record<PreparedResponse['status'], string>> = {
  200: '200 OK',
  304: '304 Not Modified',
};
