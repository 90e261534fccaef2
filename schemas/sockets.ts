/**
 * Descriptions of the sockets and event streams: how to connect, what each message is for, and how a request or a connection
 * can fail. The AsyncAPI document is made from them and from the schemas. The types ensure that no message of `realtime.ts`,
 * `viewer.ts`, `widget.ts` and `http/events.ts` is missing.
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
