/**
 * A document's events as an async iterable (Server-Sent Events, WHATWG HTML 9.2, read with `fetch` so that a token can go
 * along). Breaks of the connection are bridged: it comes back with the position of the last event, and the server sends
 * what came between (I7).
 */
import { createParser } from 'eventsource-parser';
import { backoffMs } from '../../lib/backoff.ts';
import { delay } from './retry.ts';

export interface StreamedEvent {
  /** Position: the `Last-Event-ID` to go on from. */
  id: string;
  type: string;
  /** The event's JSON. */
  data: unknown;
}

export interface EventsOptions {
  /** Go on behind this event. Left out: from now on. */
  after?: string;
  signal?: AbortSignal;
  /** Milliseconds before the first attempt to come back; doubles up to 10 s. Default 250. */
  retryDelayMs?: number;
}

/** The server refused for good: no access, no such document. */
export class EventsRefused extends Error {
  override readonly name = 'EventsRefused';
  readonly problem: unknown;
  readonly status: number;
  constructor(status: number, problem: unknown) {
    super(`The events were refused with ${status}.`);
    this.status = status;
    this.problem = problem;
  }
}

interface Ports {
  baseUrl: string;
  headers: Record<string, string>;
  fetch: typeof globalThis.fetch;
}

const MAX_DELAY_MS = 10_000;

export function createEvents({ baseUrl, headers, fetch }: Ports) {
  return async function* events(documentId: string, options: EventsOptions = {}): AsyncGenerator<StreamedEvent> {
    const { signal, retryDelayMs = 250 } = options;
    const url = new URL(`/v1/documents/${encodeURIComponent(documentId)}/events`, baseUrl);
    const backoff = { firstMs: retryDelayMs, longestMs: MAX_DELAY_MS };
    let last = options.after;
    for (let failures = 0; signal?.aborted !== true; failures += 1) {
      if (failures > 0) await delay(backoffMs(failures - 1, backoff), signal).catch(() => {});
      if (signal?.aborted) return;
      try {
        const response = await fetch(url, {
          headers: { ...headers, accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) },
          ...(signal && { signal }),
        });
        if (response.status !== 200) {
          if (response.status < 500 && response.status !== 429) {
            throw new EventsRefused(response.status, await response.json().catch(() => undefined));
          }
          await response.body?.cancel();
          continue;
        }
        for await (const event of readEvents(response)) {
          failures = 0;
          if (event.id !== undefined) last = event.id;
          if (event.data !== '') yield { id: last ?? '', type: event.type, data: JSON.parse(event.data) };
        }
      } catch (error) {
        if (error instanceof EventsRefused) throw error;
      }
    }
  };
}

interface RawEvent {
  id: string | undefined;
  type: string;
  data: string;
}

/** Splits a response into events, also those that have an id alone; comments and unknown fields are skipped. */
export async function* readEvents(response: Response): AsyncGenerator<RawEvent> {
  if (!response.body) return;
  const read: RawEvent[] = [];
  const parser = createParser({
    onId: (id) => read.push({ id, type: 'message', data: '' }),
    onEvent({ data, event: type = 'message', id }) {
      // Its id was read just before.
      if (id !== undefined) read.pop();
      read.push({ id, type, data });
    },
  });
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    parser.feed(chunk);
    yield* read.splice(0);
  }
}
