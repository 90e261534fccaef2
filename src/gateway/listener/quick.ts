/**
 * The short way through a listener: a GET without a query whose answer is ready in memory is written at once, without the
 * request and response objects that a handler works with. Knows nothing of what is served.
 */

/** The head of a request, valid only during the call. */
export interface QuickHead {
  /** Without a query. */
  readonly path: string;
  /** By lower-case name; empty when it is not there. */
  header(name: string): string;
  remoteAddress(): string;
  /** TLS ended at this listener. */
  readonly secure: boolean;
}

export interface QuickAnswer {
  readonly status: 200 | 304;
  /** All headers but `Content-Length`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined for 304. */
  readonly body: Uint8Array | undefined;
}

/** Must not throw. Undefined: the handler answers. */
export type QuickHandler = (head: QuickHead) => QuickAnswer | undefined;

export const STATUS_LINES: Readonly<Record<QuickAnswer['status'], string>> = { 200: '200 OK', 304: '304 Not Modified' };
