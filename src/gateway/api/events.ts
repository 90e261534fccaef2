/**
 * `GET /v1/documents/{id}/events`: what a socket would tell, for those without WebSockets. Server-Sent Events where the
 * client accepts them, else one page of events, waited for (long polling).
 */
import type { Failure } from '../../../schemas/errors.ts';
import { EventPage, EventsQuery, type StreamEvent } from '../../../schemas/http.ts';
import type { DocumentEvents, DocumentEventsRequest } from '../streams/document-events.ts';
import { createEventStream, EVENT_STREAM_HEADERS } from '../streams/event-stream.ts';
import { parsePosition, writePosition } from '../streams/position.ts';
import { json } from './answers.ts';
import type { ApiPorts } from './context.ts';
import { READ_ERRORS } from './drafts.ts';
import { type Asked, type Operation, operation } from './operation.ts';
import { byId } from './paths.ts';
import { problem, problemOf } from './problem.ts';

export type FollowEvents = (request: DocumentEventsRequest) => Promise<({ ok: true } & DocumentEvents) | Failure>;

const HEARTBEAT_MS = 15_000;
const MAX_BUFFERED_BYTES = 4 * 1_048_576;
/** A page is answered once it holds so many events: the rest is the next page's. */
const PAGE_EVENTS = 1_000;
/** Milliseconds that a page is held open after its first event: a burst comes as one page. */
const GATHER_MS = 20;

type EventsAsked = Asked<'documents:read', typeof byId, typeof EventsQuery, undefined>;

export function eventOperations({ followEvents }: Pick<ApiPorts, 'followEvents'>): Operation[] {
  async function stream({ identity, params: { id }, raw }: EventsAsked, after: DocumentEventsRequest['after']) {
    let source: DocumentEvents | undefined;
    let over = false;
    const events = createEventStream({
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      heartbeatMs: HEARTBEAT_MS,
      onClose() {
        over = true;
        source?.close();
      },
    });
    const followed = await followEvents({
      documentId: id,
      identity,
      after,
      onEvent: events.send,
      onEnd: events.end,
    });
    if (!followed.ok) {
      events.end();
      return problem(followed);
    }
    source = followed;
    raw.signal.addEventListener('abort', events.end, { once: true });
    if (over || raw.signal.aborted) source.close();
    return new Response(events.body, { headers: EVENT_STREAM_HEADERS });
  }

  async function page(
    { identity, params: { id }, query: { wait = 0 }, raw }: EventsAsked,
    after: DocumentEventsRequest['after'],
  ): Promise<Response> {
    const events: StreamEvent[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const followed = await followEvents({
      documentId: id,
      identity,
      after,
      onEvent(event) {
        if (events.length < PAGE_EVENTS) events.push(event);
        if (events.length >= PAGE_EVENTS) resolve();
        gathering ??= setTimeout(resolve, GATHER_MS);
      },
      onEnd: () => resolve(),
    });
    if (!followed.ok) return problem(followed);
    const waiting = setTimeout(resolve, Math.max(wait * 1_000, GATHER_MS));
    raw.signal.addEventListener('abort', () => resolve(), { once: true });
    if (raw.signal.aborted) resolve();
    await done;
    clearTimeout(waiting);
    clearTimeout(gathering);
    followed.close();
    return json({ events, next: events.at(-1)?.id ?? writePosition(followed.position()) } satisfies EventPage);
  }

  return [
    operation({
      id: 'streamEvents',
      method: 'get',
      path: '/documents/{id}/events',
      tag: 'Events',
      summary: 'Follow a document',
      description:
        'With `Accept: text/event-stream` as Server-Sent Events, each with its position as `id`; after a break `Last-Event-ID` brings what was missed. Else one page of the same events: `?wait=30&after=7.2` answers as soon as there is something after that position. Without a position it begins at the present.',
      access: 'documents:read',
      params: byId,
      query: EventsQuery,
      headers: {
        'Last-Event-ID': 'Position of the last event that was received; counts more than `after`',
      },
      answers: {
        200: {
          description: 'Events, in order and without gaps',
          content: { 'application/json': EventPage, 'text/event-stream': 'events' },
        },
      },
      errors: ['too_many_sockets', ...READ_ERRORS],
      handle(asked) {
        const given = asked.headers.get('last-event-id') ?? asked.query.after;
        const after = given === undefined || given === '' ? undefined : parsePosition(given);
        if (given && !after) return problemOf('bad_request', { detail: 'Last-Event-ID: is not a position.' });
        const wantsStream = asked.headers.get('accept')?.includes('text/event-stream') ?? false;
        return wantsStream ? stream(asked, after) : page(asked, after);
      },
    }),
  ];
}
