/** The doors over sockets: authors, y-websocket clients, viewers, widgets; and what keeps their positions in step with owners. */
import type { ServerOptions } from 'socket.io';
import { createDraftSubscribers, type DraftSubscribers } from '../actors/document/subscriptions/draft-subscribers.ts';
import { redisAdapter } from '../cluster/redis/socket-io-adapter.ts';
import { createRealtime, type Realtime } from '../gateway/authors/server.ts';
import { startSync, together } from '../gateway/authors/sync.ts';
import type { LiveDrafts } from '../gateway/readers/sockets/live-drafts.ts';
import { createViewers, type Viewers } from '../gateway/readers/sockets/viewers.ts';
import { createWidgetEndpoint, type WidgetEndpoint } from '../gateway/widget/endpoint.ts';
import { createYjs, type Yjs } from '../gateway/yjs/endpoint.ts';
import { createRelay, type Relay } from '../lib/relay.ts';
import type { Journal } from '../ports/journal.ts';
import { PUBLICATIONS, type PublicationNotice } from '../ports/public-reads.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Actors } from './actors.ts';
import type { NodeChanges } from './changes.ts';
import type { NodeCluster } from './cluster.ts';
import type { NodeContext } from './context.ts';
import type { PublicParts } from './public.ts';
import { CATCH_UP, FRAME_OVERHEAD_BYTES } from './settings.ts';

export interface Sockets {
  realtime: Realtime;
  draftSubscribers: DraftSubscribers;
  viewers: Viewers;
  yjs: Yjs;
  widget: WidgetEndpoint;
  /** Called with what widgets are sent, by topic; the listener's sockets are subscribed to topics. */
  publish: Relay<[topic: string, json: string]>;
}

export interface SocketsPorts {
  cluster: NodeCluster;
  journal: Journal;
  accounts: Accounts;
  actors: Actors;
  access: Access;
  changes: NodeChanges;
  published: PublicParts;
  liveDrafts: LiveDrafts;
  /** A user has opened a document. */
  onOpened(userId: string, documentId: string): void;
}

export function openSockets(
  { config, log, clock, parts }: NodeContext,
  {
    cluster: nodeCluster,
    journal,
    accounts,
    actors,
    access: doors,
    changes,
    published,
    liveDrafts,
    onOpened,
  }: SocketsPorts,
): Sockets {
  const { cluster, redisCluster } = nodeCluster;
  const { router, users, remote } = actors;
  const { access, revisions } = accounts;
  const { admission, signedIn, largeAnswers, userBudgets, rates, shares, tickets, peerOf, site } = doors;
  const common = { clock, random: Math.random, log };
  const realtime = createRealtime({
    ...common,
    signedIn,
    largeAnswers,
    userBudgets,
    cluster,
    adapter: redisCluster && (redisAdapter(redisCluster, { log }) as NonNullable<ServerOptions['adapter']>),
    router,
    users,
    access,
    onOpened,
    rate: rates.authors,
    viewersRate: rates.viewers,
    tickets,
    admission,
    limits: { ...config, maxFrameBytes: config.maxUpdateBytes + FRAME_OVERHEAD_BYTES },
  });
  const stopReporting = cluster.subscribe(PUBLICATIONS, (notice) =>
    realtime.rooms.changed((notice as PublicationNotice).documentId),
  );
  parts.add('author sockets', () => {
    stopReporting();
    return realtime.close();
  });
  const draftSubscribers = createDraftSubscribers({
    cluster,
    router,
    users,
    access,
    journal,
    random: Math.random,
    log,
    limits: CATCH_UP,
  });
  parts.add('draft subscriptions', () => draftSubscribers.close());
  const viewers = createViewers({
    ...common,
    io: realtime.io,
    cluster,
    liveDrafts,
    users,
    publicPages: published.cache,
    userReads: revisions,
    admission,
    shares: shares.viewers,
    signedIn,
    limits: config,
    changes: changes.feed,
  });
  parts.add('viewers', () => viewers.close());
  const audience = together([realtime, draftSubscribers, liveDrafts]);
  actors.edits.connect(audience.edits);
  actors.reopen.connect(audience.reopen);
  parts.add(
    'position sync',
    startSync({ cluster, remote, audience, syncMs: config.syncMs, livenessMs: config.heartbeatMs, log }),
  );
  const yjs = createYjs({
    ...common,
    signedIn,
    largeAnswers,
    userBudgets,
    draftSubscribers,
    onOpened,
    rooms: realtime.rooms,
    authenticator: doors.authenticator,
    allowedOrigins: config.allowedOrigins,
    peerOf,
    site,
    rate: rates.authors,
    tickets,
    limits: config,
  });
  parts.add('y-websocket', () => yjs.close());
  const publish: Sockets['publish'] = createRelay();
  const widget = createWidgetEndpoint({
    channels: published.channels,
    publish,
    peerOf,
    site,
    rate: rates.widgets,
    shares: shares.widgets,
    clock,
    log,
    limits: config,
  });
  return { realtime, draftSubscribers, viewers, yjs, widget, publish };
}
