/** Event streams over HTTP for the reference. */
import { STREAM_EVENTS, type StreamEventType } from '../http/events.ts';
import { PublicRevision } from '../http/public.ts';
import { WidgetGone } from '../widget.ts';
import type { SocketChannel } from './channel.ts';

const SUMMARIES: Readonly<Record<StreamEventType, string>> = {
  update: 'Updates of the draft were committed.',
  published: 'Readers see this revision now.',
  unpublished: 'The document is not published any more.',
  changed: 'Title, summary, slug or visibility changed.',
  access: 'Your level of access changed.',
  bye: 'The stream ends, for the reason given.',
};

export const DOCUMENT_EVENTS: SocketChannel = {
  id: 'documentEvents',
  title: 'Events of a document',
  transport: 'server-sent-events',
  address: '/v1/documents/{id}/events',
  description:
    'Server-Sent Events, with `Accept: text/event-stream`. Each event has a position as its `id`; `Last-Event-ID` continues after it, at any node and without gap. A comment comes every 15 s.',
  parameters: { id: 'UUID of the document' },
  credentials: ['bearer', 'cookie'],
  refusals: [
    'bad_request',
    'unauthenticated',
    'scope_missing',
    'plaintext_refused',
    'not_found',
    'rate_limited',
    'unavailable',
  ],
  endings: [
    { codes: ['not_found'], advice: 'The document is gone, or not open to you.' },
    { codes: ['unauthenticated'], advice: 'Sign in again, or make a new token.' },
    { codes: ['draining'], advice: 'Connect again, to any node, with the last position.' },
  ],
  fields: {},
  messages: Object.fromEntries(
    Object.entries(STREAM_EVENTS).map(([name, body]) => [
      name,
      { from: 'server', body, summary: SUMMARIES[name as StreamEventType] },
    ]),
  ),
};

export const PUBLIC_EVENTS: SocketChannel = {
  id: 'publicEvents',
  title: 'Events of a published document',
  transport: 'server-sent-events',
  address: '/v1/public/{slug}/events',
  description:
    'Server-Sent Events, with `Accept: text/event-stream`: each revision in full, in order. The `id` of an event is its revision, a dot and its document; `Last-Event-ID` continues after it.',
  parameters: { slug: 'Name of the document' },
  credentials: [],
  refusals: ['bad_request', 'forbidden', 'rate_limited', 'overloaded', 'unavailable'],
  endings: [],
  fields: { 'gone.type': 'Name of the message', 'gone.document': 'Name of the document' },
  messages: {
    revision: { from: 'server', summary: 'A published revision in full.', body: PublicRevision },
    gone: { from: 'server', summary: 'There is no public document of this name any more.', body: WidgetGone },
  },
};
