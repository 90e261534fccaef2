/** The parts of an AsyncAPI 3.0 document that this one has. `x-…` are extensions of ours. */
import type { SchemaObject } from './openapi-types.ts';

export interface Reference {
  readonly $ref: string;
}

export interface ClosingObject {
  /** Of the WebSocket; none where a `bye` message says why. */
  readonly closeCode?: number;
  readonly errors: readonly string[];
  readonly advice: string;
}

export interface ChannelObject {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly servers: readonly Reference[];
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
  readonly messages: Readonly<Record<string, Reference>>;
  readonly bindings?: {
    readonly ws: { readonly method: 'GET'; readonly query: SchemaObject; readonly bindingVersion: string };
  };
  readonly 'x-transport': 'socket.io' | 'websocket' | 'server-sent-events';
  readonly 'x-namespace'?: string;
  readonly 'x-handshake-errors': readonly string[];
  readonly 'x-closing': readonly ClosingObject[];
}

export interface MessageObject {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: string;
  readonly payload: SchemaObject;
}

export interface SocketOperation {
  /** Of the server: it receives what clients send. */
  readonly action: 'send' | 'receive';
  readonly channel: Reference;
  readonly title: string;
  readonly summary: string;
  readonly messages: readonly Reference[];
  readonly security?: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
  readonly 'x-errors'?: readonly string[];
}

export interface AsyncApi {
  readonly asyncapi: '3.0.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string };
  };
  readonly defaultContentType: string;
  readonly servers: Readonly<
    Record<
      string,
      { readonly host: string; readonly protocol: string; readonly description: string; readonly title: string }
    >
  >;
  readonly channels: Readonly<Record<string, ChannelObject>>;
  readonly operations: Readonly<Record<string, SocketOperation>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, SchemaObject>>;
    readonly messages: Readonly<Record<string, MessageObject>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}
