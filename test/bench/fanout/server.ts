/**
 * One contender of `fanout`: takes sockets and sends each of them 20 messages a second, of its own accord. Widgets and
 * viewers are served by the gateway's own modules, from the notice of a revision on; only the pages are made up.
 */
import type { TemplatedApp } from 'uWebSockets.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { WebSocket, WebSocketServer } from 'ws';
import { createLocalCluster } from '../../../src/cluster/local.ts';
import { createAddressQuota } from '../../../src/gateway/access/address-quota.ts';
import { createPeerOf } from '../../../src/gateway/access/peer.ts';
import { createSite } from '../../../src/gateway/access/site.ts';
import { createListener } from '../../../src/gateway/listener/create-listener.ts';
import { UnreadBytes } from '../../../src/gateway/listener/unread-bytes.ts';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { createViewers, type ViewersOptions } from '../../../src/gateway/readers/sockets/viewers.ts';
import { createWidgetEndpoint } from '../../../src/gateway/widget/endpoint.ts';
import * as parser from '../../../src/lib/msgpack/packet-parser.ts';
import { documentChannel } from '../../../src/ports/notices.ts';
import { createEntry, type PublicEntry } from '../../../src/published/entry.ts';
import { createPublicChannels } from '../../../src/published/public-channels.ts';
import { NO_CHANGES } from '../../support/changes.ts';
import { limits, unreadLimits } from '../../support/listener-harness.ts';
import { silentLog } from '../../support/silent-log.ts';

export const CONTENDERS = ['uws', 'widget', 'viewer', 'ws', 'socket.io', 'socket.io-uws'] as const;
export type Contender = (typeof CONTENDERS)[number];

const SLUG = 'bench';
const ID = '00000000-0000-4000-8000-000000000000';
const MESSAGE_BYTES = Number(process.env.MESSAGE_BYTES ?? 300);
const EVERY_MS = 1_000 / Number(process.env.MESSAGES_PER_SECOND ?? 20);
const HEADER_BYTES = 16_384;
const MANY = 1_000_000;

const saysWhere = (port: number): void => console.log(`listening at http://127.0.0.1:${port}`);
const text = 'x'.repeat(MESSAGE_BYTES);
const every = (send: () => void): void => void setInterval(send, EVERY_MS);

/** The pages of a document that is published again and again; `publish` notifies of the next revision. */
function publishing() {
  const cluster = createLocalCluster({ nodeId: 'bench', log: silentLog });
  let revision = 1;
  const at = new Date(0).toISOString();
  const around = JSON.stringify({
    type: 'revision',
    document: SLUG,
    revision: 1_000,
    title: '',
    summary: '',
    html: '',
    author: 'ann',
    publishedAt: at,
  });
  const html = 'x'.repeat(Math.max(MESSAGE_BYTES - around.length, 0));
  const entryOf = (): PublicEntry =>
    createEntry(
      {
        documentId: ID,
        slug: SLUG,
        revision,
        title: '',
        summary: '',
        author: 'ann',
        publishedAt: at,
        firstPublishedAt: at,
        updatedAt: at,
        live: false,
        seq: null,
        coverage: null,
        language: 'en',
      },
      { body: { type: 'doc', content: [] }, html },
      () => undefined,
    );
  let entry = entryOf();
  return {
    cluster,
    pages: {
      page: async (slug: string) => (slug === SLUG ? entry : undefined),
      revisionsAfter: async () => [],
      states: async () => new Map([[SLUG, entry.document]]),
      invalidate: () => undefined,
    },
    publish() {
      revision += 1;
      entry = entryOf();
      cluster.publish(documentChannel(ID), { kind: 'published', revision });
    },
  };
}

const listenerOf = () =>
  createListener('uws', {
    fetch: () => new Response('hello'),
    unread: new UnreadBytes(unreadLimits),
    limits: { ...limits, maxConnections: MANY, maxConnectionsPerAddress: MANY },
    log: silentLog,
  });

async function widget(): Promise<void> {
  const { cluster, pages, publish } = publishing();
  const listener = await listenerOf();
  const channels = createPublicChannels({
    publicPages: pages,
    cluster,
    log: silentLog,
    maxChannels: 100,
    changes: NO_CHANGES,
    openDraft: () => undefined,
  });
  const { route } = createWidgetEndpoint({
    channels,
    publish: (topic, json) => listener.publish(topic, json),
    site: createSite(),
    peerOf: createPeerOf([]),
    rate: { take: () => true },
    shares: createAddressQuota(MANY),
    clock: { now: Date.now },
    log: silentLog,
    limits: { maxMessagesPerSecond: 10, maxMessageBurst: 50, maxBackpressureBytes: 4_194_304 },
  });
  listener.route(route);
  every(publish);
  saysWhere((await listener.listen({ host: '127.0.0.1', port: 0 })).port);
}

async function viewer(): Promise<void> {
  const { cluster, pages, publish } = publishing();
  const listener = await listenerOf();
  const io = new Server({ transports: ['websocket'], serveClient: false, parser, perMessageDeflate: false });
  const nobody = { published: async () => undefined, states: async () => [], get: async () => undefined };
  createViewers({
    shares: createAddressQuota(MANY),
    signedIn: createAddressQuota(MANY),
    io,
    cluster,
    // Nobody is signed in, and no draft is shown.
    liveDrafts: { opener: () => () => undefined, stop: () => undefined },
    users: undefined as unknown as ViewersOptions['users'],
    publicPages: pages,
    userReads: nobody,
    admission: {
      authenticator: undefined as unknown as ViewersOptions['admission']['authenticator'],
      allowedOrigins: [],
      site: createSite(),
      peerOf: (_headers, address) => ({ address, secure: false }),
    },
    clock: { now: Date.now },
    random: Math.random,
    log: silentLog,
    limits: { maxViewers: MANY, maxWatchesPerSocket: 10, maxViewerMessagesPerSecond: 10, maxViewerMessageBurst: 50 },
    changes: NO_CHANGES,
  });
  listener.attachSocketIo(io);
  every(publish);
  saysWhere((await listener.listen({ host: '127.0.0.1', port: 0 })).port);
}

function bareUws(): { app: TemplatedApp; listen(): void } {
  const loaded = loadUws(HEADER_BYTES);
  if (!loaded.ok) throw new Error(loaded.reason);
  const { uws: library } = loaded;
  const app = library.App();
  return {
    app,
    listen: () =>
      void app.listen('127.0.0.1', 0, (socket) => {
        if (!socket) throw new Error('cannot listen');
        saysWhere(library.us_socket_local_port(socket));
      }),
  };
}

/** The floor: what the native library does, and nothing else. */
function uws(): void {
  const { app, listen } = bareUws();
  app.ws('/*', { idleTimeout: 120, maxBackpressure: 4_194_304, open: (socket) => void socket.subscribe(SLUG) });
  listen();
  every(() => void app.publish(SLUG, text, false));
}

function plainWs(): void {
  const server: WebSocketServer = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () =>
    saysWhere((server.address() as AddressInfo).port),
  );
  every(() => {
    for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
  });
}

function socketIo(): void {
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false });
  server.listen(0, '127.0.0.1', () => saysWhere((server.address() as AddressInfo).port));
  every(() => void io.emit('m', text));
}

function socketIoOnUws(): void {
  const { app, listen } = bareUws();
  const io = new Server({ transports: ['websocket'], perMessageDeflate: false });
  io.attachApp(app);
  listen();
  every(() => void io.emit('m', text));
}

if (import.meta.main) {
  const contenders = { uws, widget, viewer, ws: plainWs, 'socket.io': socketIo, 'socket.io-uws': socketIoOnUws };
  const start = contenders[process.env.CONTENDER as Contender];
  await start();
}
