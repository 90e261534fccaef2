/** The form in which the reference describes a socket or an event stream. */
import Type, { type TObject, type TSchema } from 'typebox';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** A message as the reference describes it. */
export interface SocketMessage {
  readonly from: 'client' | 'server' | 'both';
  readonly summary: string;
  /** The body; undefined: a binary frame, whose layout `summary` gives. */
  readonly body: TSchema | undefined;
  /** What a Socket.IO acknowledgement brings when the request succeeds. */
  readonly answer?: TSchema | undefined;
  /** Codes that a request can be refused with. */
  readonly errors?: readonly ErrorCode[];
}

/** How a connection ends. */
export interface Ending {
  /** Error codes; none: WebSocket's own reason alone. */
  readonly codes: readonly ErrorCode[];
  /** Where it is not the close code that belongs to the error code. */
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
  /** By which credentials a client may come in; empty: open to anyone. */
  readonly credentials: readonly ('connectToken' | 'queryToken' | 'bearer' | 'cookie')[];
  /** How a handshake is refused: an HTTP status, or a Socket.IO `connect_error` with the error as `data`. */
  readonly refusals: readonly ErrorCode[];
  /** How a connection that was let in ends: a `bye` message, or a WebSocket close code. */
  readonly endings: readonly Ending[];
  readonly messages: Readonly<Record<string, SocketMessage>>;
  /** What fields mean: by their name, or for one message by `message.field`, whose answer is `message.answer`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What a message's schema does not say. */
interface Notes {
  readonly summary: string;
  readonly errors?: readonly ErrorCode[];
  readonly answer?: TSchema;
}

/** Messages of a protocol with the notes on them; both have the same names. */
export function described<K extends string>(
  messages: Readonly<Record<K, Omit<SocketMessage, 'summary' | 'errors'>>>,
  notes: Readonly<Record<K, Notes>>,
): Readonly<Record<string, SocketMessage>> {
  const names = Object.keys(messages) as K[];
  return Object.fromEntries(names.map((name) => [name, { ...messages[name], ...notes[name] }]));
}

export const Ticket = Type.Optional(
  Type.String({ description: 'Of `GET /v1/handshake-ticket`: the handshake counts by its user, not by its address' }),
);

/** A refusal as the acknowledgement of a Socket.IO message. */
export const FailureAnswer = Type.Object(
  {
    ok: Type.Literal(false),
    error: Type.Object(
      {
        code: Type.Union((Object.keys(ERRORS) as ErrorCode[]).map((code) => Type.Literal(code))),
        message: Type.String({ description: 'May be shown to a person' }),
        retryAfterMs: Type.Optional(
          Type.Integer({ minimum: 0, description: 'Milliseconds; present when the same request can succeed later' }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'FailureAnswer' },
);

/** Any request can be malformed or come too fast. */
export const ANY = ['bad_request', 'rate_limited'] as const;
