/** Descriptions of the viewer and widget protocols. */
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
    'Follows published documents and live drafts, for pages of readers. Transport and encoding are those of the author protocol. The query parameter `for=view` is required.',
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
    { codes: ['draining'], advice: 'Connect again after a random pause.' },
    { codes: ['rate_limited', 'overloaded', 'too_many_sockets'], advice: 'Connect again after a few seconds.' },
    { codes: ['unavailable'], advice: 'Connect again with growing pauses.' },
  ],
  fields: {
    ok: 'Always true: the request succeeded',
    slug: 'Slug of the document',
    id: 'Id of the document',
    'watch.since': 'Newest revision that the client has. 0 or omitted if it has none',
    'watch.id': 'Document of that revision, because a slug can be assigned to another document',
    'watch.answer.revision': 'Number of the current revision',
    'watch.answer.live': 'Whether readers see the draft while it is written',
    'watch.answer.draft':
      'The draft, block by block. `null` if the document is not live, or if the draft follows as a `live` message',
    'watch.answer.reading': 'Number of readers now, on all nodes',
    'revision.revision': 'Number of the revision, from 1',
    'revision.title': 'Title',
    'revision.summary': 'Summary',
    'revision.html': 'Text as safe HTML',
    'revision.language': 'Language of the text, as a tag of BCP 47',
    'revision.publishedAt': 'Time of publication in RFC 3339',
    'live.seq': 'Position of the draft after this message',
    'live.base': 'Position of the draft before this message. `null`: an empty draft',
    'live.title': 'New title. Omitted if it did not change',
    'live.summary': 'New summary. Omitted if it did not change',
    'live.splices': 'Changes to the blocks, to apply one after the other. Each block is safe HTML',
    'reading.count': 'Number of connections that watch the document',
    'leave.withinMs': 'Time in milliseconds within which to connect again',
    'bye.code': 'Code of the error',
    'bye.message': 'Message of the error, for people',
  },
  messages: described(VIEWER_EVENTS, {
    watch: {
      summary: 'Follows a document. The server sends missed revisions before the response.',
      errors: [...ANY, 'not_found', 'not_open', 'too_many_documents', 'unavailable', 'overloaded'],
    },
    unwatch: { summary: 'Stops following a document.', errors: ANY },
    revision: { summary: 'Sends a published revision in full.' },
    gone: { summary: 'Reports that the document is no longer available to this reader.' },
    live: { summary: 'Sends changes to a live draft.' },
    settled: { summary: 'Reports that the document is no longer live.' },
    reading: { summary: 'Sends the number of readers, on all nodes.' },
    leave: { summary: 'Reports that the node is shutting down. Connect again at a random moment within this time.' },
    bye: { summary: 'Reports why the server closes the connection.' },
  }),
};

export const WIDGETS: SocketChannel = {
  id: 'widgets',
  title: 'Widgets',
  transport: 'websocket',
  address: '/w',
  description:
    'Follows public documents from pages of other sites. Messages are JSON in text frames. The server reads no cookies and accepts any origin.',
  query: Type.Object({
    documents: Type.String({ description: 'Slugs of the documents to follow, separated by commas. At most 50' }),
    since: Type.Optional(
      Type.String({
        description:
          'For each document, separated by commas: the newest revision that you have, a dot, and the id of its document. 0 if you have none',
        examples: ['3.0b9a1a52-6c0e-4d0e-9a75-0c1f3c9d2a10,0'],
      }),
    ),
  }),
  credentials: [],
  refusals: ['misdirected'],
  endings: [
    { codes: ['bad_request'], advice: 'The URL or a message is not valid. Correct it before you connect again.' },
    { codes: ['forbidden'], advice: 'None of the documents is public. Connect again after a minute or more.' },
    { codes: ['unavailable', 'overloaded'], advice: 'Connect again with growing pauses.' },
    { codes: ['rate_limited'], advice: 'Send fewer messages, and connect again with growing pauses.' },
    { codes: ['draining'], closeCode: 1001, advice: 'Connect again after a random pause.' },
    { codes: [], closeCode: 1009, advice: 'A message was larger than 16 KiB. Send smaller ones.' },
  ],
  fields: {
    type: 'Type of the message',
    document: 'Slug of the document',
    'revision.id': 'Id of the document',
    'revision.revision': 'Number of the revision, from 1',
    'revision.title': 'Title',
    'revision.summary': 'Summary',
    'revision.html': 'Text as safe HTML',
    'revision.language': 'Language of the text, as a tag of BCP 47',
    'revision.author': 'Username of the owner',
    'revision.publishedAt': 'Time of publication in RFC 3339',
    'live.seq': 'Position of the draft after this message',
    'live.base': 'Position of the draft before this message. `null`: an empty draft',
    'live.title': 'New title. Omitted if it did not change',
    'live.summary': 'New summary. Omitted if it did not change',
    'live.splices': 'Changes to the blocks, to apply one after the other. Each block is safe HTML',
    'error.code': 'Code of the error',
    'error.message': 'Message of the error, for people',
    'follow.documents':
      'Documents to follow. `since` is the newest revision that you have (0 if none), and `id` the document of that revision',
    'unfollow.documents': 'Slugs of the documents',
  },
  messages: described(WIDGET_MESSAGES, {
    revision: { summary: 'Sends a published revision in full.' },
    live: { summary: 'Sends changes to the draft of a live document, at most about one a second.' },
    settled: { summary: 'Reports that the document is no longer live.' },
    gone: { summary: 'Reports that the document is not public, or no longer.' },
    error: { summary: 'Reports that a request failed with `too_many_documents`. The connection stays open.' },
    follow: { summary: 'Follows more documents on this connection.', errors: ['bad_request', 'too_many_documents'] },
    unfollow: { summary: 'Stops following documents.', errors: ['bad_request'] },
  }),
};
