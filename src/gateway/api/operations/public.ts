/**
 * `GET /v1/public/…`: what is published, for anybody, from memory. Looks up no session and can reach public pages alone
 * (I6); what is private and what is not there get the same answer.
 */

import { failure } from '../../../../schemas/errors.ts';
import { PublicDocument, PublicEventsQuery, PublicRevisionPage, PublicSlug } from '../../../../schemas/http.ts';
import { networkOf } from '../../../lib/addresses.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { PublicEntry } from '../../../published/entry.ts';
import { formatPosition, parsePosition, type ReaderPosition } from '../../../published/reader-position.ts';
import { createEventStream, type EncodedEvent, EVENT_STREAM_HEADERS, encodeEvent } from '../../http/event-stream.ts';
import { alreadyHas, chooseEncoding } from '../../http/negotiation.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { sharedBody } from '../../http/shared-body.ts';
import type { UnreadBytes } from '../../listener/unread-bytes.ts';
import type { PublicPages, Told } from '../../widget/told.ts';
import { goneOf } from '../../widget/told.ts';
import type { Watch, WatchListener } from '../../widget/watch.ts';
import type { Watches } from '../../widget/watches.ts';
import { type Asked, type Operation, operation } from '../kernel/operation.ts';
import { noQuery } from './paths.ts';

export interface PublicPorts {
  publicPages: Pick<PublicPages, 'page'>;
  watches: Watches;
  unread: UnreadBytes;
  log: Logger;
}

/** Bytes below which compressing gains nothing. */
const WORTH_COMPRESSING = 1_024;
const HEARTBEAT_MS = 15_000;
const MAX_BUFFERED_BYTES = 8 * 1_048_576;
const OPEN_TO_ALL = { 'cross-origin-resource-policy': 'cross-origin' } as const;

/** Missed revisions come one by one; of too many the last in full. */
const ERRORS = ['forbidden', 'overloaded', 'unavailable'] as const;

type EventsAsked = Asked<'anyone', typeof PublicSlug, typeof PublicEventsQuery, undefined>;

/** A revision is encoded once for all streams. */
const encoded = new WeakMap<Told, EncodedEvent>();

function eventOf(told: Told): EncodedEvent {
  const present = encoded.get(told);
  if (present) return present;
  const event = encodeEvent({ id: formatPosition(told), type: 'revision', data: told.json });
  encoded.set(told, event);
  return event;
}

export function publicOperations({ publicPages, watches, unread, log }: PublicPorts): Operation[] {
  async function send({ json }: PublicEntry, headers: Headers): Promise<Response> {
    const coding = chooseEncoding(headers.get('accept-encoding'), () => json.plain.length >= WORTH_COMPRESSING);
    const etag = `"${json.tag}${coding === undefined ? '' : `-${coding}`}"`;
    const caching = { ...OPEN_TO_ALL, etag, vary: 'accept-encoding', 'cache-control': 'public, max-age=1' };
    if (alreadyHas(headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers: caching });
    const body = coding === undefined ? json.plain : await json.encoded(coding);
    return new Response(sharedBody(body), {
      headers: {
        ...caching,
        'content-length': String(body.byteLength),
        'content-type': 'application/json',
        ...(coding !== undefined && { 'content-encoding': coding }),
      },
    });
  }

  /** Follows until `signal` aborts or the document is gone. */
  async function follow(slug: string, after: ReaderPosition, signal: AbortSignal, listener: WatchListener) {
    let leave: (() => void) | undefined;
    const joined = await watches.join(slug, after, (watch: Watch, missed: readonly Told[]) => {
      for (const told of missed) listener.told(told);
      watch.listeners.add(listener);
      leave = () => {
        leave = undefined;
        watch.listeners.delete(listener);
        watches.leave(watch);
      };
    });
    if (signal.aborted) leave?.();
    else signal.addEventListener('abort', () => leave?.(), { once: true });
    return joined.ok ? { ok: true as const, leave: () => leave?.() } : joined;
  }

  async function stream({ params: { slug }, raw, info }: EventsAsked, after: ReaderPosition): Promise<Response> {
    let over = false;
    let leave = (): void => undefined;
    const events = createEventStream({
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      heartbeatMs: HEARTBEAT_MS,
      unread,
      client: networkOf(info.remoteAddress),
      log,
      onClose() {
        over = true;
        leave();
      },
    });
    const followed = await follow(slug, after, raw.signal, {
      told: (told) => events.send(eventOf(told)),
      ended(gone) {
        if (gone) events.send(encodeEvent({ id: '0', type: 'gone', data: goneOf(slug) }));
        events.end();
      },
    });
    if (!followed.ok) {
      events.end();
      return problem(followed, { headers: OPEN_TO_ALL });
    }
    leave = followed.leave;
    raw.signal.addEventListener('abort', events.end, { once: true });
    if (over || raw.signal.aborted) leave();
    return new Response(events.body, { headers: { ...EVENT_STREAM_HEADERS, ...OPEN_TO_ALL } });
  }

  async function page(
    { params: { slug }, query: { wait = 0 }, raw }: EventsAsked,
    after: ReaderPosition,
  ): Promise<Response> {
    const revisions: Told[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const followed = await follow(slug, after, raw.signal, {
      told(told) {
        revisions.push(told);
        resolve();
      },
      ended: () => resolve(),
    });
    if (!followed.ok) return problem(followed, { headers: OPEN_TO_ALL });
    const waiting = setTimeout(resolve, wait * 1_000);
    raw.signal.addEventListener('abort', () => resolve(), { once: true });
    if (raw.signal.aborted) resolve();
    await done;
    clearTimeout(waiting);
    followed.leave();
    // Each was encoded once for all who follow.
    const list = revisions.map(({ json }) => json).join(',');
    const body = `{"revisions":[${list}],"next":${revisions.at(-1)?.revision ?? after.revision}}`;
    return new Response(body, { headers: { ...OPEN_TO_ALL, 'content-type': 'application/json' } });
  }

  return [
    operation({
      id: 'readPublic',
      method: 'get',
      path: '/public/{slug}',
      tag: 'Public',
      summary: 'Read what is published',
      description:
        'Open to everybody, from any origin. A document that is private, not published or not there is `forbidden`, with no difference. At most a second old. What is answered from memory counts against the rate limit too, and comes without `RateLimit-…` and `X-Request-Id`.',
      access: 'anyone',
      params: PublicSlug,
      query: noQuery,
      headers: { 'If-None-Match': 'The version that you have: 304 if it is still the one' },
      answers: {
        200: {
          description: 'The document with its current revision',
          content: { 'application/json': PublicDocument },
          headers: { ETag: 'Changes whenever the answer does' },
        },
        304: { description: 'You have it' },
      },
      errors: ['forbidden', 'unavailable'],
      async handle({ params: { slug }, headers }) {
        const entry = await publicPages.page(slug);
        return entry ? send(entry, headers) : problem(failure('forbidden'), { headers: OPEN_TO_ALL });
      },
    }),
    operation({
      id: 'streamPublic',
      method: 'get',
      path: '/public/{slug}/events',
      tag: 'Public',
      summary: 'Follow what is published',
      description:
        'Each revision in full, in order, once. With `Accept: text/event-stream` as Server-Sent Events: `revision`, whose `id` is its number and its document, and `gone` when the document is not there any more. Else one page of the same, waited for: `?after=3&document=…&wait=30`. Of more than 20 missed revisions only the last is told. A name may be given to another document, whose revisions begin anew: a revision with another `id` in its data.',
      access: 'anyone',
      params: PublicSlug,
      query: PublicEventsQuery,
      headers: { 'Last-Event-ID': 'Of the newest revision that was received, or its number; counts more than `after`' },
      answers: {
        200: {
          description: 'Revisions, in order',
          content: { 'application/json': PublicRevisionPage, 'text/event-stream': 'events' },
        },
      },
      errors: [...ERRORS],
      handle(asked) {
        const { after: revision = 0, document: documentId } = asked.query;
        const given = asked.headers.get('last-event-id');
        const after = given ? parsePosition(given) : { revision, documentId };
        if (!after) return problemOf('bad_request', { detail: 'Last-Event-ID: is not a revision.' });
        const wantsStream = asked.headers.get('accept')?.includes('text/event-stream') ?? false;
        return wantsStream ? stream(asked, after) : page(asked, after);
      },
    }),
  ];
}
