/** The viewer and widget protocols for the reference. */
import Type from 'typebox';
import { VIEWER_EVENTS } from '../viewer.ts';
import { WIDGET_MESSAGES } from '../widget.ts';
import { ANY, described, type SocketChannel, Ticket } from './channel.ts';

export const VIEWERS: SocketChannel = {
  id: 'viewers',
  title: 'Viewers',
  transport: 'socket.io',
  address: '/socket.io/',
  namespace: '/view',
  description:
    'The viewer protocol: pages of readers follow published documents, and drafts that are shown live. Transport and encoding are those of the authors; the query `for=view` is required.',
  query: Type.Object({
    EIO: Type.Literal('4'),
    transport: Type.Literal('websocket'),
    for: Type.Literal('view'),
    ticket: Ticket,
  }),
  credentials: ['connectToken', 'cookie'],
  refusals: [
    'bad_request',
    'unauthenticated',
    'scope_missing',
    'plaintext_refused',
    'bad_origin',
    'misdirected',
    'rate_limited',
    'overloaded',
    'unavailable',
    'draining',
  ],
  endings: [
    { codes: ['draining'], advice: 'Connect again after a random pause, perhaps to another node.' },
    { codes: ['rate_limited', 'overloaded', 'too_many_sockets'], advice: 'Connect again after some seconds.' },
    { codes: ['unavailable'], advice: 'Connect again as after a lost connection.' },
  ],
  fields: {
    ok: 'The request succeeded',
    slug: 'Name of the document',
    id: 'The document',
    'watch.since': 'Newest revision that the client has; 0 or left out: none',
    'watch.id': 'The document of that revision: the name may belong to another one by now',
    'watch.answer.revision': 'Number of the current revision',
    'watch.answer.live': 'The draft is shown live',
    'watch.answer.draft': 'The draft, block by block; null of a live document: it comes as `live`',
    'watch.answer.reading': 'Readers now, on all nodes',
    'revision.revision': 'Number, from 1',
    'revision.title': 'Title',
    'revision.summary': 'Summary',
    'revision.html': 'The text; safe as it stands',
    'revision.publishedAt': 'RFC 3339',
    'live.seq': 'Position of the draft after this message',
    'live.base': 'Position before it; null: an empty draft',
    'live.title': 'When it changed',
    'live.summary': 'When it changed',
    'live.splices': 'Changes of blocks, to be made one after the other; each block is safe HTML',
    'reading.count': 'Connections that watch the document',
    'leave.withinMs': 'Milliseconds within which to connect again',
    'bye.code': 'An error code',
    'bye.message': 'Text for a person',
  },
  messages: described(VIEWER_EVENTS, {
    watch: {
      summary: 'Follows a document by its name. Missed revisions come before the answer.',
      errors: [...ANY, 'not_found', 'not_open', 'too_many_documents', 'unavailable', 'overloaded'],
    },
    unwatch: { summary: 'Stops following a document.', errors: ANY },
    revision: { summary: 'A published revision in full.' },
    gone: { summary: 'There is nothing of this name for this reader any more.' },
    live: { summary: 'What changed in a draft that is shown live.' },
    settled: { summary: 'The draft is not shown live any more.' },
    reading: { summary: 'How many read the document now, on all nodes.' },
    leave: { summary: 'The node shuts down: connect again at a random moment within this time.' },
    bye: { summary: 'The connection ends now, for the reason given.' },
  }),
};

export const WIDGETS: SocketChannel = {
  id: 'widgets',
  title: 'Widgets',
  transport: 'websocket',
  address: '/w',
  description:
    'The widget protocol: JSON in text frames, for pages of other sites. It shows public documents alone, reads no cookie and takes any origin.',
  query: Type.Object({
    documents: Type.String({ description: 'Names of documents, by commas; at most 50' }),
    since: Type.Optional(
      Type.String({
        description:
          'For each document the newest revision that the client has, 0 for none, a dot and the id of its document',
        examples: ['3.0b9a1a52-6c0e-4d0e-9a75-0c1f3c9d2a10,0'],
      }),
    ),
  }),
  credentials: [],
  refusals: ['misdirected'],
  endings: [
    { codes: ['bad_request'], advice: 'The address or a message is not well-formed: do not repeat it.' },
    { codes: ['forbidden'], advice: 'None of the documents is public: ask again after a minute or more.' },
    { codes: ['unavailable', 'overloaded'], advice: 'Connect again with growing pauses.' },
    { codes: ['rate_limited'], advice: 'Send fewer messages, and connect again with growing pauses.' },
    { codes: ['draining'], closeCode: 1001, advice: 'Connect again after a random pause.' },
    { codes: [], closeCode: 1009, advice: 'A message was larger than 16 KiB.' },
  ],
  fields: {
    type: 'Name of the message',
    document: 'Name of the document',
    'revision.id': 'The document',
    'revision.revision': 'Number, from 1',
    'revision.title': 'Title',
    'revision.summary': 'Summary',
    'revision.html': 'The text; safe as it stands',
    'revision.author': 'Handle of the owner',
    'revision.publishedAt': 'RFC 3339',
    'error.code': 'An error code',
    'error.message': 'Text for a person',
    'follow.documents': 'Names, with the newest revision that the client has of each and its document',
    'unfollow.documents': 'Names of documents',
  },
  messages: described(WIDGET_MESSAGES, {
    revision: { summary: 'A published revision in full.' },
    gone: { summary: 'There is no public document of this name, or none any more.' },
    error: { summary: 'A request was refused; the socket stays open. The code is `too_many_documents`.' },
    follow: { summary: 'Follows more documents on this socket.', errors: ['bad_request', 'too_many_documents'] },
    unfollow: { summary: 'Stops following documents.', errors: ['bad_request'] },
  }),
};
