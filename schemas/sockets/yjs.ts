/** The y-websocket protocol for the reference. */
import Type from 'typebox';
import { type SocketChannel, Ticket } from './channel.ts';

/** Binary frames of the y-websocket protocol: `head` are the first numbers of the frame, each a variable-length integer. */
export const YJS_FRAMES = {
  step1: { from: 'both', head: [0, 0], content: 'a Yjs v1 state vector', summary: 'What the sender has.' },
  step2: { from: 'both', head: [0, 1], content: 'a Yjs v1 update', summary: 'What the other side lacks.' },
  update: {
    from: 'both',
    head: [0, 2],
    content: 'a Yjs v1 update',
    summary: 'A change; from the server a committed one.',
  },
  awareness: {
    from: 'both',
    head: [1],
    content: 'an awareness update of y-protocols',
    summary: 'Carets; from the server with the author’s real handle.',
  },
  denied: {
    from: 'server',
    head: [2, 0],
    content: 'a string, the reason',
    summary: 'An update was not taken because the client may only view.',
  },
  'query-awareness': { from: 'client', head: [3], content: undefined, summary: 'Asks for all carets.' },
} as const;

const layoutOf = ({ summary, head, content }: (typeof YJS_FRAMES)[keyof typeof YJS_FRAMES]): string =>
  `${summary} The frame is ${head.map((number) => `\`${number}\``).join(' ')}${
    content === undefined ? '' : `, then the length and the bytes of ${content}`
  }.`;

export const YJS: SocketChannel = {
  id: 'yjs',
  title: 'Yjs clients',
  transport: 'websocket',
  address: '/y/{document}',
  description:
    'The protocol of y-websocket, for stock Yjs clients, on the same drafts. It has no acknowledgements: what the server sends is committed, and nothing else confirms anything.',
  parameters: { document: 'UUID of the document' },
  query: Type.Object({
    token: Type.Optional(Type.String({ description: 'Token of a session, or an API token' })),
    ticket: Ticket,
  }),
  credentials: ['queryToken', 'cookie'],
  refusals: ['bad_origin', 'misdirected', 'rate_limited'],
  endings: [
    {
      codes: ['bad_request', 'update_malformed', 'update_unsupported'],
      advice: 'The client is at fault: do not repeat it.',
    },
    { codes: ['unauthenticated'], advice: 'Sign in again.' },
    {
      codes: ['client_forged', 'scope_missing', 'plaintext_refused'],
      advice: 'Use a `Y.Doc` with another `clientID`, or another token.',
    },
    { codes: ['not_found'], advice: 'The document is gone, or not open to you.' },
    { codes: ['update_too_large', 'document_too_large'], advice: 'Make a smaller change: it is in the client alone.' },
    { codes: ['update_limit', 'update_too_expensive'], advice: 'Make a smaller change: it is in the client alone.' },
    { codes: ['internal', 'unavailable'], advice: 'Connect again; stock clients do so by themselves.' },
    {
      codes: ['rate_limited', 'too_many_sockets', 'too_many_documents'],
      advice: 'Connect again later; stock clients do so by themselves.',
    },
    { codes: ['draining'], advice: 'Connect to another node; stock clients do so by themselves.' },
    { codes: [], closeCode: 1009, advice: 'A frame was larger than twice `MAX_UPDATE_BYTES` and 4 KiB.' },
    { codes: [], closeCode: 1011, advice: 'The node failed: connect again.' },
  ],
  fields: {},
  messages: Object.fromEntries(
    Object.entries(YJS_FRAMES).map(([name, frame]) => [
      name,
      { from: frame.from, summary: layoutOf(frame), body: undefined },
    ]),
  ),
};
