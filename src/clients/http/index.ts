/**
 * The HTTP client: every operation of the API with its types from the OpenAPI document, in browsers and Node. Adds to
 * `openapi-fetch` what an API that can be away for a moment asks for: retries that are safe, and streams of events.
 *
 *   index.ts   the client          retry.ts   when to try again
 *   types.ts   made from OpenAPI   events.ts  a document's events, reconnecting
 */
import createFetchClient, { type Client } from 'openapi-fetch';
import { createEvents, type EventsOptions, type StreamedEvent } from './events.ts';
import { type RetryOptions, retrying } from './retry.ts';
import type { components, paths } from './types.ts';

export { type EventsOptions, EventsRefused, type StreamedEvent } from './events.ts';
export type { RetryOptions } from './retry.ts';

/** The schemas of the API by name: `Schemas['Document']`. */
export type Schemas = components['schemas'];

export interface ClientOptions extends RetryOptions {
  /** Where Stet is: `https://stet.example`. In a browser, left out: the page's own origin. */
  url?: string;
  /** An API token or a session's token. Left out, a browser's cookie counts. */
  token?: string;
  /** In place of the global one. */
  fetch?: typeof globalThis.fetch;
}

/** `GET`, `POST`… by path, as `openapi-fetch` has them: each resolves with `{data}` or `{error}`, the problem document. */
export interface StetClient extends Client<paths> {
  /**
   * A document's events from a position on, in order and without gaps, over any number of connections.
   * @throws {EventsRefused} while it is iterated: no access, no such document
   */
  events(documentId: string, options?: EventsOptions): AsyncIterable<StreamedEvent>;
}

/**
 * Makes a client. Requests are repeated where that is safe (`retries`), the answer's `error` is a problem document (RFC 9457).
 * @throws {TypeError} without a `url` outside of a page
 */
export function createStetClient(options: ClientOptions = {}): StetClient {
  const baseUrl = options.url ?? (globalThis as { location?: { origin: string } }).location?.origin;
  if (baseUrl === undefined) throw new TypeError('createStetClient requires a url outside of a browser');
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  const headers: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const client = createFetchClient<paths>({ baseUrl, headers, fetch: retrying(send, options) });
  return Object.assign(client, { events: createEvents({ baseUrl, headers, fetch: send }) });
}
