/** How the reference describes a socket or an event stream. */
import Type, { type TObject, type TSchema } from 'typebox';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** A message as the reference describes it. */
export interface SocketMessage {
  readonly from: 'client' | 'server' | 'both';
  readonly summary: string;
  /** The body; undefined: a binary frame, whose layout `summary` gives. */
  readonly body: TSchema | undefined;
  /** The Socket.IO acknowledgement of a request that succeeds. */
  readonly answer?: TSchema | undefined;
  /** Codes that a request can fail with. */
  readonly errors?: readonly ErrorCode[];
}

/** How a connection ends. */
export interface Ending {
  /** Error codes. None: the close code has its meaning of the WebSocket standard. */
  readonly codes: readonly ErrorCode[];
  /** Only if it is not the close code of the error code. */
  readonly closeCode?: number;
  readonly advice: string;
}

export interface SocketChannel {
  readonly id: 'authors' | 'viewers' | 'widgets' | 'yjs' | 'documentEvents' | 'publicEvents';
  readonly title: string;
  readonly transport: 'socket.io' | 'websocket' | 'server-sent-events';
  readonly address: string;
  readonly namespace?: string;
  readonly description: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: TObject;
  /** Credentials that the handshake accepts. Empty: no authentication. */
  readonly credentials: readonly ('connectToken' | 'queryToken' | 'bearer' | 'cookie')[];
  /** How a handshake fails: an HTTP status, or a Socket.IO `connect_error` with the error as `data`. */
  readonly refusals: readonly ErrorCode[];
  /** How an accepted connection ends: a `bye` message, or a WebSocket close code. */
  readonly endings: readonly Ending[];
  readonly messages: Readonly<Record<string, SocketMessage>>;
  /** Descriptions of fields by their name, or for one message by `message.field`. Its answer is `message.answer`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What the schema of a message does not contain. */
interface Notes {
  readonly summary: string;
  readonly errors?: readonly ErrorCode[];
  readonly answer?: TSchema;
}

/** The messages of a protocol with their notes, by name. */
export function described<K extends string>(
  messages: Readonly<Record<K, Omit<SocketMessage, 'summary' | 'errors'>>>,
  notes: Readonly<Record<K, Notes>>,
): Readonly<Record<string, SocketMessage>> {
  const names = Object.keys(messages) as K[];
  return Object.fromEntries(names.map((name) => [name, { ...messages[name], ...notes[name] }]));
}

export const Ticket = Type.Optional(
  Type.String({
    description:
      'Ticket from `GET /v1/handshake-ticket`. The handshake then counts against the rate limit of your user, not of your address',
  }),
);

/** The acknowledgement of a Socket.IO message that failed. */
export const FailureAnswer = Type.Object(
  {
    ok: Type.Literal(false),
    error: Type.Object(
      {
        code: Type.Union(
          (Object.keys(ERRORS) as ErrorCode[]).map((code) => Type.Literal(code)),
          { description: 'Code of the error' },
        ),
        message: Type.String({ description: 'Message of the error, for people' }),
        retryAfterMs: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: 'Milliseconds to wait before a retry. Present if a retry can succeed',
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'FailureAnswer' },
);

/** Codes that any request can fail with. */
export const ANY = ['bad_request', 'rate_limited'] as const;
