/** Descriptions of the event streams over HTTP. */
import { STREAM_EVENTS, type StreamEventType } from '../http/events.ts';
import { PublicRevision } from '../http/public.ts';
import { WidgetGone } from '../widget.ts';
import type { SocketChannel } from './channel.ts';

const SUMMARIES: Readonly<Record<StreamEventType, string>> = {
  update: 'Updates of the draft were committed.',
  published: 'A revision was published.',
  unpublished: 'The document was unpublished.',
  changed: 'Title, summary, slug or visibility changed.',
  access: 'Your level of access changed.',
  bye: 'Reports why the server ends the stream.',
};

export const DOCUMENT_EVENTS: SocketChannel = {
  id: 'documentEvents',
  title: 'Events of a document',
  transport: 'server-sent-events',
  address: '/v1/documents/{id}/events',
  description:
    'Streams the events of a document as Server-Sent Events. Send `Accept: text/event-stream`. The `id` of an event is its position. Send it as `Last-Event-ID` to resume without gaps, at any node. The server sends a comment every 15 seconds.',
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
    { codes: ['not_found'], advice: 'The document was deleted, or you no longer have access to it.' },
    { codes: ['unauthenticated'], advice: 'Sign in again, or create a new API token.' },
    { codes: ['draining'], advice: 'Connect to any node with the last position.' },
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
  title: 'Events of a public document',
  transport: 'server-sent-events',
  address: '/v1/public/{slug}/events',
  description:
    'Streams the revisions of a public document as Server-Sent Events, in full and in order. Send `Accept: text/event-stream`. The `id` of an event is the revision, a dot, and the document. Send it as `Last-Event-ID` to resume after it.',
  parameters: { slug: 'Slug of the document' },
  credentials: [],
  refusals: ['bad_request', 'forbidden', 'rate_limited', 'overloaded', 'unavailable'],
  endings: [],
  fields: { 'gone.type': 'Type of the message', 'gone.document': 'Slug of the document' },
  messages: {
    revision: { from: 'server', summary: 'Sends a published revision in full.', body: PublicRevision },
    gone: { from: 'server', summary: 'Reports that the document is no longer public.', body: WidgetGone },
  },
};
