/**
 * What the reference says about the sockets and event streams, beside the schemas of their messages: how to connect, what
 * each message is for, and how a request or a connection can fail. The AsyncAPI document is made from it; the types make
 * sure that no message of `realtime.ts`, `viewer.ts`, `widget.ts` and `http/events.ts` is left out.
 */
import { AUTHORS } from './sockets/authors.ts';
import type { SocketChannel } from './sockets/channel.ts';
import { VIEWERS, WIDGETS } from './sockets/readers.ts';
import { DOCUMENT_EVENTS, PUBLIC_EVENTS } from './sockets/streams.ts';
import { YJS } from './sockets/yjs.ts';

export const SOCKET_CHANNELS: readonly SocketChannel[] = [
  AUTHORS,
  VIEWERS,
  WIDGETS,
  YJS,
  DOCUMENT_EVENTS,
  PUBLIC_EVENTS,
];
