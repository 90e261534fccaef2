/**
 * `GET /v1/public/…`: public documents, from memory. Looks up no session and can reach public documents alone (I6); private
 * and missing ones get the same response.
 */
import { failure } from '../../../../schemas/errors.ts';
import { PublicDocument, PublicEventsQuery, PublicRevisionPage, PublicSlug } from '../../../../schemas/http.ts';
import { normalSlug } from '../../../content/slug/slug-of.ts';
import { networkOf } from '../../../lib/addresses.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { DraftMessage } from '../../../published/draft-display.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import type { PresentPages } from '../../../published/present-pages.ts';
import {
  type EncodedDraft,
  type EncodedRevision,
  encodeDraft,
  goneMessage,
  type PublicChannels,
  wholeDraft,
} from '../../../published/public-channels.ts';
import type { CloseReason } from '../../../published/publication-channel.ts';
import { formatPosition, parsePosition, type ReaderPosition } from '../../../published/reader-position.ts';
import { IF_NONE_MATCH } from '../../http/conditional-requests.ts';
import { createEventStream, type EncodedEvent, EVENT_STREAM_HEADERS, encodeEvent } from '../../http/event-stream.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { representationOf, respond } from '../../http/representation.ts';
import type { UnreadBytes } from '../../listener/unread-bytes.ts';
import { type Operation, type OperationRequest, operation } from '../kernel/operation.ts';
import { noQuery } from './paths.ts';

export interface PublicPorts {
  publicPages: Pick<PresentPages, 'page'>;
  publicChannels: Pick<PublicChannels, 'subscribe'>;
  unread: UnreadBytes;
  log: Logger;
}

const HEARTBEAT_MS = 15_000;
const MAX_BUFFERED_BYTES = 8 * 1_048_576;
const ANY_ORIGIN = { 'cross-origin-resource-policy': 'cross-origin' } as const;

const ERRORS = ['forbidden', 'overloaded', 'unavailable'] as const;

const MOVED = {
  description: 'Redirects to the current slug of the document',
  headers: { Location: 'The same path with the current slug' },
} as const;

/** As `no-store`: another document may get the former slug. */
function moved({ url }: Request, { document: { slug } }: PublicEntry, below: string): Response {
  const location = `/v1/public/${encodeURIComponent(slug)}${below}${new URL(url).search}`;
  return new Response(null, { status: 308, headers: { ...ANY_ORIGIN, location } });
}

/** Who gets revisions over HTTP, and maybe the draft of a live document. */
interface Reader {
  revision(revision: EncodedRevision): void;
  draft?(message: EncodedDraft): void;
  closed(reason: CloseReason): void;
}

type EventsRequest = OperationRequest<'public', typeof PublicSlug, typeof PublicEventsQuery, undefined>;

/** Encoded once for all streams. */
const events = new WeakMap<EncodedRevision | EncodedDraft, EncodedEvent>();

/** A draft has no position in the revisions. */
function eventOf(message: EncodedRevision | EncodedDraft): EncodedEvent {
  const present = events.get(message);
  if (present) return present;
  const { json: data } = message;
  const sent =
    'type' in message ? { type: message.type, data } : { id: formatPosition(message), type: 'revision', data };
  const event = encodeEvent(sent);
  events.set(message, event);
  return event;
}

export function publicOperations({ publicPages, publicChannels, unread, log }: PublicPorts): Operation[] {
  /** Subscribes until `signal` aborts, `unsubscribe` is called or the channel closes. */
  async function subscribe(slug: string, position: ReaderPosition, signal: AbortSignal, reader: Reader) {
    let unsubscribe = (): void => undefined;
    const result = await publicChannels.subscribe({ slug, position, userId: undefined }, (channel, missed) => {
      for (const revision of missed) reader.revision(revision);
      const draft = wholeDraft(channel);
      if (draft) reader.draft?.(draft);
      const listener = (revision: EncodedRevision): void => reader.revision(revision);
      const draftListener = (message: DraftMessage): void => reader.draft?.(encodeDraft(message));
      const subscriber = { userId: undefined, closed: (_: unknown, reason: CloseReason) => reader.closed(reason) };
      channel.subscribe(subscriber);
      channel.listeners.add(listener);
      channel.draftListeners.add(draftListener);
      unsubscribe = () => {
        channel.listeners.delete(listener);
        channel.draftListeners.delete(draftListener);
        channel.unsubscribe(subscriber);
      };
    });
    if (!result.ok) return failure(result.code === 'not_found' ? 'forbidden' : result.code);
    if (signal.aborted) unsubscribe();
    else signal.addEventListener('abort', unsubscribe, { once: true });
    return { ok: true as const, unsubscribe };
  }

  async function sendStream({ params: { slug }, raw, info }: EventsRequest, after: ReaderPosition): Promise<Response> {
    let isOver = false;
    let unsubscribe = (): void => undefined;
    const stream = createEventStream({
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      heartbeatMs: HEARTBEAT_MS,
      unread,
      client: networkOf(info.remoteAddress),
      log,
      onClose() {
        isOver = true;
        unsubscribe();
      },
    });
    const result = await subscribe(slug, after, raw.signal, {
      revision: (revision) => stream.send(eventOf(revision)),
      draft: (message) => stream.send(eventOf(message)),
      closed(reason) {
        if (reason === 'withdrawn') stream.send(encodeEvent({ id: '0', type: 'gone', data: goneMessage(slug) }));
        stream.end();
      },
    }).catch((error: unknown) => {
      stream.end();
      throw error;
    });
    if (!result.ok) {
      stream.end();
      return problem(result, { headers: ANY_ORIGIN });
    }
    unsubscribe = result.unsubscribe;
    raw.signal.addEventListener('abort', stream.end, { once: true });
    if (isOver || raw.signal.aborted) unsubscribe();
    return new Response(stream.body, { headers: { ...EVENT_STREAM_HEADERS, ...ANY_ORIGIN } });
  }

  async function sendPage(
    { params: { slug }, query: { wait = 0 }, raw }: EventsRequest,
    after: ReaderPosition,
  ): Promise<Response> {
    const revisions: EncodedRevision[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const result = await subscribe(slug, after, raw.signal, {
      revision(revision) {
        revisions.push(revision);
        resolve();
      },
      closed: () => resolve(),
    });
    if (!result.ok) return problem(result, { headers: ANY_ORIGIN });
    const waiting = setTimeout(resolve, wait * 1_000);
    raw.signal.addEventListener('abort', () => resolve(), { once: true });
    if (raw.signal.aborted) resolve();
    await done;
    clearTimeout(waiting);
    result.unsubscribe();
    // Each was encoded once for all subscribers.
    const list = revisions.map(({ json }) => json).join(',');
    const body = `{"revisions":[${list}],"next":${revisions.at(-1)?.revision ?? after.revision}}`;
    return new Response(body, { headers: { ...ANY_ORIGIN, 'content-type': 'application/json' } });
  }

  return [
    operation({
      id: 'readPublic',
      method: 'get',
      path: '/public/{slug}',
      tag: 'Public',
      summary: 'Get a public document',
      description:
        'Returns a public document as readers see it, to any origin and without authentication: its current revision, or the draft of a live document. The response is at most one second old, a draft at most two. A document that is private, unpublished or missing gets the same `forbidden` response. Cached responses count against the rate limit, but have no `RateLimit-…` and `X-Request-Id` headers.',
      access: 'public',
      params: PublicSlug,
      query: noQuery,
      headers: IF_NONE_MATCH,
      responses: {
        200: {
          description: 'The document',
          content: { 'application/json': PublicDocument },
          headers: { ETag: 'Changes with the response' },
        },
        304: { description: 'Not modified since the version in `If-None-Match`' },
        308: MOVED,
      },
      errors: ['forbidden', 'unavailable'],
      async handle({ params: { slug }, raw }) {
        const entry = await publicPages.page(normalSlug(slug) ?? '');
        if (entry && entry.document.slug !== slug) return moved(raw, entry, '');
        return entry
          ? respond(raw, representationOf('application/json', entry.json), {
              ...ANY_ORIGIN,
              'cache-control': 'public, max-age=1',
            })
          : problem(failure('forbidden'), { headers: ANY_ORIGIN });
      },
    }),
    operation({
      id: 'streamPublic',
      method: 'get',
      path: '/public/{slug}/events',
      tag: 'Public',
      summary: 'Stream the revisions of a public document',
      description:
        'With `Accept: text/event-stream`, streams each revision in full and in order as a `revision` event, and sends `gone` when the document is no longer public. The `id` of an event is the revision and its document. Of a live document it also streams the draft, as `live` and `settled` events with the messages of the widget protocol, which have no `id`: the first one after a connection has all of the draft. With any other `Accept`, returns one page of revisions by long polling: `?after=3&document=…&wait=30`. If you missed more than 20 revisions, only the last one is sent. A slug can be assigned to another document; its revisions then have another `id` and start from 1.',
      access: 'public',
      params: PublicSlug,
      query: PublicEventsQuery,
      headers: {
        'Last-Event-ID':
          'Id of the last event that you received, or its revision number. Takes precedence over `after`',
      },
      responses: {
        200: {
          description: 'The revisions, in order',
          content: { 'application/json': PublicRevisionPage, 'text/event-stream': 'events' },
        },
        308: MOVED,
      },
      errors: [...ERRORS],
      async handle(request) {
        const { slug } = request.params;
        const entry = await publicPages.page(normalSlug(slug) ?? '');
        if (entry && entry.document.slug !== slug) return moved(request.raw, entry, '/events');
        const { after: revision = 0, document: documentId } = request.query;
        const given = request.headers.get('last-event-id');
        const after = given ? parsePosition(given) : { revision, documentId };
        if (!after) return problemOf('bad_request', { detail: 'Last-Event-ID: is not the id of an event.' });
        const wantsStream = request.headers.get('accept')?.includes('text/event-stream') ?? false;
        return wantsStream ? sendStream(request, after) : sendPage(request, after);
      },
    }),
  ];
}
