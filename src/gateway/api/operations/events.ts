/**
 * `GET /v1/documents/{id}/events`: a document's events for clients without WebSockets. Server-Sent Events if the client accepts
 * them, otherwise one page of events, by long polling.
 */
import { EventPage, EventsQuery, type StreamEvent } from '../../../../schemas/http.ts';
import { networkOf } from '../../../lib/addresses.ts';
import type { Logger } from '../../../lib/logger.ts';
import { createEventStream, EVENT_STREAM_HEADERS, encodeEvent } from '../../http/event-stream.ts';
import { problem, problemOf } from '../../http/problem.ts';
import type { UnreadBytes } from '../../listener/unread-bytes.ts';
import { type Operation, type OperationRequest, operation } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import type { DocumentEvents, DocumentEventsRequest, OpenDocumentEvents } from '../streams/document-events.ts';
import { parsePosition, writePosition } from '../streams/position.ts';
import { READ_ERRORS } from './drafts.ts';
import { byId } from './paths.ts';

const HEARTBEAT_MS = 15_000;
const MAX_BUFFERED_BYTES = 1_048_576;
/** A page ends at this size; the rest goes to the next page. */
const PAGE_EVENTS = 1_000;
const PAGE_BYTES = 1_048_576;
/** Milliseconds that long polling waits for more after the first event, so that a burst is one page. */
const GATHER_MS = 20;
/** Longest time for a page without waiting, while the journal cannot be read, milliseconds. */
const CATCH_UP_MS = 5_000;
const NEVER = new Promise<void>(() => undefined);

type EventsAsked = OperationRequest<'documents:read', typeof byId, typeof EventsQuery, undefined>;
type After = DocumentEventsRequest['after'];

export interface EventPorts {
  openDocumentEvents: OpenDocumentEvents;
  unread: UnreadBytes;
  log: Logger;
}

export function eventOperations({ openDocumentEvents, unread, log }: EventPorts): Operation[] {
  async function stream({ identity, params: { id }, raw, info }: EventsAsked, after: After): Promise<Response> {
    let source: DocumentEvents | undefined;
    let over = false;
    const events = createEventStream({
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      heartbeatMs: HEARTBEAT_MS,
      unread,
      client: networkOf(info.remoteAddress),
      log,
      onClose() {
        over = true;
        source?.close();
      },
    });
    try {
      const opened = await openDocumentEvents({
        documentId: id,
        identity,
        after,
        onEvent: ({ id, type, data }) => events.send(encodeEvent({ id, type, data: JSON.stringify(data) })),
        room: events.room,
        onEnd: events.end,
      });
      if (!opened.ok) {
        events.end();
        return problem(opened);
      }
      source = opened;
      info.countsByUser?.();
    } catch (error) {
      events.end();
      throw error;
    }
    events.mark(writePosition(source.position()));
    raw.signal.addEventListener('abort', events.end, { once: true });
    if (raw.signal.aborted) events.end();
    if (over) source.close();
    return new Response(events.body, { headers: EVENT_STREAM_HEADERS });
  }

  async function page(
    { identity, params: { id }, query: { wait = 0 }, raw, info }: EventsAsked,
    after: After,
  ): Promise<Response> {
    const events: StreamEvent[] = [];
    let bytes = 0;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const full = () => events.length >= PAGE_EVENTS || bytes >= PAGE_BYTES;
    const opened = await openDocumentEvents({
      documentId: id,
      identity,
      after,
      onEvent(event) {
        // I7: what does not fit is in the next page, which begins after the last event of this one.
        if (full()) return;
        events.push(event);
        bytes += JSON.stringify(event.data).length;
        if (full()) resolve();
        if (wait > 0) gathering ??= setTimeout(resolve, GATHER_MS);
      },
      room: () => (full() ? NEVER : undefined),
      onEnd: () => resolve(),
    });
    if (!opened.ok) return problem(opened);
    info.countsByUser?.();
    // A HEAD request does not wait.
    const patient = wait > 0 && raw.method === 'GET';
    if (!patient) void opened.caughtUp.then(resolve);
    const waiting = setTimeout(resolve, patient ? wait * 1_000 : CATCH_UP_MS);
    raw.signal.addEventListener('abort', () => resolve(), { once: true });
    if (raw.signal.aborted) resolve();
    await done;
    clearTimeout(waiting);
    clearTimeout(gathering);
    opened.close();
    return json({ events, next: events.at(-1)?.id ?? writePosition(opened.position()) } satisfies EventPage);
  }

  return [
    operation({
      id: 'streamEvents',
      method: 'get',
      path: '/documents/{id}/events',
      tag: 'Events',
      summary: 'Stream a document’s events',
      description:
        'With `Accept: text/event-stream`, streams events as Server-Sent Events. The `id` of an event is its position; send it as `Last-Event-ID` to resume without gaps. With any other `Accept`, returns one page of events: `?wait=30&after=7.2` responds as soon as there is an event after that position. Without a position, the stream starts with the next event. Events of type `changed` and `access` are not repeated after a lost connection.',
      access: 'documents:read',
      params: byId,
      query: EventsQuery,
      headers: {
        'Last-Event-ID': 'Position of the last event that you received. Takes precedence over `after`',
      },
      responses: {
        200: {
          description: 'The events, in order and without gaps',
          content: { 'application/json': EventPage, 'text/event-stream': 'events' },
        },
      },
      errors: ['too_many_sockets', ...READ_ERRORS],
      handle(request) {
        const requested = request.headers.get('last-event-id') || request.query.after;
        const after = requested === undefined ? undefined : parsePosition(requested);
        if (requested !== undefined && !after)
          return problemOf('bad_request', { detail: 'Last-Event-ID: is not a valid position.' });
        const wantsStream = request.headers.get('accept')?.includes('text/event-stream') ?? false;
        return wantsStream ? stream(request, after) : page(request, after);
      },
    }),
  ];
}
