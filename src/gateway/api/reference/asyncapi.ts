/**
 * The AsyncAPI 3.0 document: every socket and event stream with its messages, made from `schemas/sockets.ts` and the message
 * schemas that it lists. Actions are the server's: it receives what clients send.
 */
import type { TSchema } from 'typebox';
import { FailureAnswer, type SocketChannel, type SocketMessage } from '../../../../schemas/sockets/channel.ts';
import { closeCodeOf } from '../../access/close-codes.ts';
import type {
  AsyncApi,
  ChannelObject,
  ClosingObject,
  MessageObject,
  Reference,
  SocketOperation,
} from './asyncapi-types.ts';
import { createJsonSchemas } from './json-schema.ts';
import type { SchemaObject } from './openapi-types.ts';

const DESCRIPTION = [
  'The sockets and event streams of a node. Operations are those of the server: it receives what clients send.',
  'Over Socket.IO, the name of a message is the event and its payload the only argument. The reply is the acknowledgement: either the response or a failure with an error code.',
  '`x-errors` lists the error codes of a request and `x-handshake-errors` those of the handshake. `x-closing` describes how a connection ends.',
].join('\n\n');

const CONTENT_TYPES = {
  'socket.io': 'application/x-msgpack',
  websocket: 'application/json',
  'server-sent-events': 'application/json',
} as const;

const SECURITY_SCHEMES = {
  connectToken: {
    type: 'apiKey',
    in: 'user',
    description: 'API token, or token of a session: `auth: {token}` of the Socket.IO client',
  },
  queryToken: {
    type: 'httpApiKey',
    in: 'query',
    name: 'token',
    description: 'API token, or token of a session',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'API token, or token of a session' },
  cookie: {
    type: 'httpApiKey',
    in: 'cookie',
    name: '__Host-stet',
    description: 'Session cookie, from pages of an allowed origin. Over plain HTTP it is named `stet`',
  },
} as const;

/** A frame without a schema: the summary of the message describes its layout. */
const FRAME = { type: 'string', format: 'binary' } as const;

/** @param version of the software, as the document's */
export function asyncApiOf(socketChannels: readonly SocketChannel[], version: string): AsyncApi {
  const { convert, components } = createJsonSchemas();
  const channels: Record<string, ChannelObject> = {};
  const operations: Record<string, SocketOperation> = {};
  const messages: Record<string, MessageObject> = {};

  function addMessage(channel: SocketChannel, name: string, summary: string, payload: TSchema | undefined): Reference {
    const key = `${channel.id}.${name}`;
    messages[key] = {
      name,
      title: `${channel.title}: ${name}`,
      summary,
      contentType: payload ? CONTENT_TYPES[channel.transport] : 'application/octet-stream',
      payload: payload ? explained(convert(payload), name, channel.fields) : FRAME,
    };
    return { $ref: `#/components/messages/${key}` };
  }

  /** The messages of a channel, by their name there. */
  function messagesOf(channel: SocketChannel): Record<string, Reference> {
    const own: Record<string, Reference> = {};
    for (const [name, { answer, body, summary }] of Object.entries(channel.messages)) {
      own[name] = addMessage(channel, name, summary, body);
      if (answer) own[`${name}.answer`] = addMessage(channel, `${name}.answer`, `Acknowledges \`${name}\`.`, answer);
    }
    if (channel.transport === 'socket.io') {
      own.failure = addMessage(channel, 'failure', 'Acknowledges a request that failed.', FailureAnswer);
    }
    return own;
  }

  function addOperation(
    channel: SocketChannel,
    action: SocketOperation['action'],
    name: string,
    message: SocketMessage,
  ): void {
    const { answer, errors, summary } = message;
    const at = (own: string): Reference => ({ $ref: `#/channels/${channel.id}/messages/${own}` });
    const received = action === 'receive';
    operations[`${channel.id}.${action}.${name}`] = {
      action,
      channel: { $ref: `#/channels/${channel.id}` },
      title: name,
      summary,
      messages: [at(name)],
      ...(channel.credentials.length > 0 && {
        security: channel.credentials.map((scheme) => ({ $ref: `#/components/securitySchemes/${scheme}` })),
      }),
      ...(received &&
        answer && {
          reply: { channel: { $ref: `#/channels/${channel.id}` }, messages: [at(`${name}.answer`), at('failure')] },
        }),
      ...(received && errors && { 'x-errors': errors }),
    };
  }

  for (const channel of socketChannels) {
    const { address, description, id, namespace, parameters, query, refusals, title, transport } = channel;
    channels[id] = {
      address,
      title,
      description,
      servers: [{ $ref: `#/servers/${transport === 'server-sent-events' ? 'http' : 'sockets'}` }],
      ...(parameters && {
        parameters: Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, { description: text }])),
      }),
      messages: messagesOf(channel),
      ...(query && { bindings: { ws: { method: 'GET' as const, query: convert(query), bindingVersion: '0.1.0' } } }),
      'x-transport': transport,
      ...(namespace !== undefined && { 'x-namespace': namespace }),
      'x-handshake-errors': refusals,
      'x-closing': closingOf(channel),
    };
    for (const [name, message] of Object.entries(channel.messages)) {
      if (message.from !== 'server') addOperation(channel, 'receive', name, message);
      if (message.from !== 'client') addOperation(channel, 'send', name, message);
    }
  }

  return {
    asyncapi: '3.0.0',
    info: { title: 'Stet sockets', version, description: DESCRIPTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      sockets: {
        host: 'localhost:8080',
        protocol: 'ws',
        title: 'Sockets',
        description: 'Any node of the cluster. Use `wss` with TLS.',
      },
      http: {
        host: 'localhost:8080',
        protocol: 'http',
        title: 'Event streams',
        description: 'Any node of the cluster. Use `https` with TLS.',
      },
    },
    channels,
    operations,
    components: { schemas: components(), messages, securitySchemes: SECURITY_SCHEMES },
  };
}

/** A payload with descriptions of its fields. A component has its own, where it is defined. */
function explained(payload: SchemaObject, name: string, meanings: SocketChannel['fields']): SchemaObject {
  if (!payload.properties) return payload;
  const fields = Object.entries(payload.properties).map(([field, schema]): [string, SchemaObject] => {
    const description = meanings[`${name}.${field}`] ?? meanings[field] ?? schema.description;
    return [field, description === undefined ? schema : { ...schema, description }];
  });
  return { ...payload, properties: Object.fromEntries(fields) };
}

/** How connections of a channel end: raw sockets with close codes, others with a `bye` message. */
function closingOf({ endings, transport }: SocketChannel): ClosingObject[] {
  if (transport !== 'websocket') return endings.map(({ advice, codes }) => ({ errors: codes, advice }));
  return endings.flatMap(({ advice, closeCode, codes }): ClosingObject[] => {
    if (closeCode !== undefined) return [{ closeCode, errors: codes, advice }];
    const byCloseCode = Map.groupBy(codes, (code) => closeCodeOf({ code }));
    return [...byCloseCode].map(([number, errors]) => ({ closeCode: number, errors, advice }));
  });
}
