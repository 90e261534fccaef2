/** Description of the y-websocket protocol. */
import Type from 'typebox';
import { type SocketChannel, Ticket } from './channel.ts';

/** Binary frames of the y-websocket protocol. `head` has the first numbers of the frame, each a variable-length integer. */
export const YJS_FRAMES = {
  step1: {
    from: 'both',
    head: [0, 0],
    content: 'a Yjs v1 state vector',
    summary: 'Sends the state vector of the sender.',
  },
  step2: {
    from: 'both',
    head: [0, 1],
    content: 'a Yjs v1 update',
    summary: 'Sends what the other side does not have.',
  },
  update: {
    from: 'both',
    head: [0, 2],
    content: 'a Yjs v1 update',
    summary: 'Sends a change. The server sends only committed changes.',
  },
  awareness: {
    from: 'both',
    head: [1],
    content: 'an awareness update of y-protocols',
    summary: 'Shares carets. The server sends them with the username that it verified.',
  },
  denied: {
    from: 'server',
    head: [2, 0],
    content: 'a string, the reason',
    summary: 'Reports that an update was rejected, because the client has view access only.',
  },
  'query-awareness': { from: 'client', head: [3], content: undefined, summary: 'Requests all carets.' },
} as const;

const layoutOf = ({ summary, head, content }: (typeof YJS_FRAMES)[keyof typeof YJS_FRAMES]): string =>
  `${summary} Layout: ${head.map((number) => `\`${number}\``).join(' ')}${
    content === undefined ? '' : `, then the length and the bytes of ${content}`
  }.`;

export const YJS: SocketChannel = {
  id: 'yjs',
  title: 'Yjs clients',
  transport: 'websocket',
  address: '/y/{document}',
  description:
    'Edits drafts with stock Yjs clients, over the protocol of y-websocket. It has no acknowledgements: only what the server sends is known to be committed.',
  parameters: { document: 'UUID of the document' },
  query: Type.Object({
    token: Type.Optional(Type.String({ description: 'API token, or token of a session' })),
    ticket: Ticket,
  }),
  credentials: ['queryToken', 'cookie'],
  refusals: ['bad_origin', 'misdirected', 'rate_limited'],
  endings: [
    {
      codes: ['bad_request', 'update_malformed', 'update_unsupported'],
      advice: 'The client sent something that is not valid. Correct it before you connect again.',
    },
    { codes: ['unauthenticated'], advice: 'Sign in again.' },
    {
      codes: ['client_forged', 'scope_missing', 'plaintext_refused'],
      advice: 'Use a `Y.Doc` with another `clientID`, or another token.',
    },
    { codes: ['not_found'], advice: 'The document was deleted, or you do not have access to it.' },
    {
      codes: ['update_too_large', 'document_too_large'],
      advice: 'Make a smaller change. The server does not have this one.',
    },
    {
      codes: ['update_limit', 'update_too_expensive'],
      advice: 'Make a smaller change. The server does not have this one.',
    },
    { codes: ['internal', 'unavailable'], advice: 'Connect again. Stock clients do this automatically.' },
    {
      codes: ['rate_limited', 'too_many_sockets', 'too_many_documents'],
      advice: 'Connect again later. Stock clients do this automatically.',
    },
    { codes: ['draining'], advice: 'Connect to another node. Stock clients do this automatically.' },
    {
      codes: [],
      closeCode: 1009,
      advice: 'A frame was larger than twice `MAX_UPDATE_BYTES` and 4 KiB. Send smaller ones.',
    },
    { codes: [], closeCode: 1011, advice: 'An internal error occurred. Connect again.' },
  ],
  fields: {},
  messages: Object.fromEntries(
    Object.entries(YJS_FRAMES).map(([name, frame]) => [
      name,
      { from: frame.from, summary: layoutOf(frame), body: undefined },
    ]),
  ),
};
