/**
 * The viewer protocol over Socket.IO, namespace `/view` of the authors' server: admits sockets, sends them what is published
 * and what is written live, and moves them to other nodes when this one drains.
 *
 *   admission.ts        whose rights a socket has     viewer-channels.ts      published documents and their viewers
 *   viewer.ts           one socket's messages         viewer-subscription.ts  one watch on a socket
 *   live-drafts.ts      drafts that are followed      live-draft.ts           one, as it is written
 *   live-change.ts      what changes are sent as      splices.ts              from one text to the next
 *   reader-counts.ts    how many read, over all nodes
 *
 * What goes to many is published once a node, to a room of this node's sockets alone: each node gets the notices itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Namespace, Server, Socket } from 'socket.io';
import { isForViewers, VIEWER_NAMESPACE } from '../../../../schemas/viewer-namespace.ts';
import type { UserConnection, Users } from '../../../actors/user/users.ts';
import { networkOf } from '../../../lib/addresses.ts';
import type { Clock, Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Identity } from '../../../ports/access.ts';
import type { ChangeFeed } from '../../../ports/changes.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { PublicPages, UserReads } from '../../../published/publication-sources.ts';
import type { AddressQuota } from '../../access/address-quota.ts';
import { type AdmissionPorts, closingRefused, connectError } from '../../access/handshake.ts';
import { identifyViewer } from './admission.ts';
import type { LiveDrafts } from './live-drafts.ts';
import { createReaderCounts } from './reader-counts.ts';
import { userConnectionOf, Viewer, type ViewerLimits } from './viewer.ts';
import { createViewerChannels, DRAFT_PACE_MS, roomOf } from './viewer-channels.ts';

export interface ViewersOptions {
  io: Server;
  cluster: Cluster;
  liveDrafts: Pick<LiveDrafts, 'opener' | 'stop'>;
  users: Users;
  publicPages: PublicPages;
  userReads: UserReads;
  admission: Omit<AdmissionPorts, 'isDraining'>;
  /** Sockets of each address, of viewers without a session: others count by user. */
  shares: AddressQuota;
  /** Sockets of each address that are signed in, of all kinds. */
  signedIn: AddressQuota;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: ViewerLimits & { maxViewers: number };
  changes: ChangeFeed;
}

export interface Viewers {
  /** Sockets. */
  count(): number;
  /** Who read a document now, on all nodes. */
  readersOf(documentId: string): number;
  /** Asks every viewer to reconnect within `spreadMs`, to another node, and disconnects those that are left after it. */
  drain(spreadMs: number): Promise<void>;
  close(): void;
}

/** "N reading now" changes so often at most, and goes to other nodes in full so often, milliseconds. */
const COUNT_CHANGES_MS = 2_000;
const COUNT_ALL_MS = 5_000;
/** On a node at a time. // I9: */
const MAX_CHANNELS = 10_000;
/** Time for a viewer to connect elsewhere before it is disconnected here, milliseconds. */
const RECONNECT_MS = 500;
const DRAIN_LOOK_MS = 50;

export function createViewers(options: ViewersOptions): Viewers {
  const { io, cluster, liveDrafts, users, log, limits, shares, signedIn } = options;
  const namespace: Namespace = io.of(VIEWER_NAMESPACE);
  const viewers = new Map<string, Viewer>();
  const admission: AdmissionPorts = { ...options.admission, isDraining: () => draining };
  let draining = false;

  const channels = createViewerChannels({
    publicPages: options.publicPages,
    userReads: options.userReads,
    cluster,
    log,
    send: (room, ...[event, message]) => namespace.local.to(room).emit(event, message),
    openDraft: liveDrafts.opener(DRAFT_PACE_MS),
    maxChannels: MAX_CHANNELS,
    changes: options.changes,
    now: () => performance.now(),
  });
  const counts = createReaderCounts({
    cluster,
    changesMs: COUNT_CHANGES_MS,
    fullMs: COUNT_ALL_MS,
    onChanged(documentId, count) {
      for (const channel of channels.of(documentId)) {
        namespace.local.to(roomOf(channel)).emit('reading', { slug: channel.slug, count });
      }
    },
    log,
  });

  const addressOf = ({ handshake }: Socket): string =>
    networkOf(options.admission.peerOf(handshake.headers, handshake.address).address);

  const handled = new WeakSet<object>();
  namespace.use((socket, done) => {
    const next = closingRefused(socket, done);
    // I9: one session lookup for each handshake that was counted, however often the client connects on it.
    if (handled.has(socket.conn)) {
      socket.conn.close();
      return;
    }
    handled.add(socket.conn);
    // I9: counted as an author's.
    if (!isForViewers(socket.handshake.query)) {
      next(connectError('bad_request'));
      return;
    }
    if (viewers.size >= limits.maxViewers) {
      next(connectError('overloaded', 1_000));
      return;
    }
    identifyViewer(socket, admission).then(
      (identity) => {
        if (!identity && !shares.hasRoom(addressOf(socket))) {
          next(connectError('overloaded', 1_000));
          return;
        }
        socket.data = { identity };
        next();
      },
      (error: Error) => next(error),
    );
  });

  namespace.on('connection', (socket: Socket) => {
    const { identity } = socket.data as { identity: Identity | undefined };
    const viewer = new Viewer(socket, identity, { ...options, channels, counts });
    let connection: UserConnection | undefined;
    const address = addressOf(socket);
    const quota = identity ? signedIn : shares;
    if (!quota.acquire(address)) {
      viewer.disconnect('overloaded');
      return;
    }
    let hasShare = true;
    const leave = () => {
      if (hasShare) quota.release(address);
      hasShare = false;
      if (connection) users.leave(connection);
      connection = undefined;
    };
    if (identity) {
      connection = userConnectionOf(viewer, identity, leave);
      const refused = users.join(connection);
      if (refused) {
        leave();
        viewer.disconnect(refused.error.code);
        return;
      }
    }
    viewers.set(socket.id, viewer);
    socket.on('disconnect', () => {
      viewers.delete(socket.id);
      viewer.closed();
      leave();
    });
  });

  return {
    count: () => viewers.size,
    readersOf: counts.of,
    async drain(spreadMs) {
      draining = true;
      liveDrafts.stop();
      if (viewers.size === 0) return;
      namespace.local.emit('leave', { withinMs: spreadMs });
      const deadline = AbortSignal.timeout(spreadMs + RECONNECT_MS);
      while (viewers.size > 0 && !deadline.aborted) await delay(DRAIN_LOOK_MS, undefined, { ref: false });
      for (const viewer of viewers.values()) viewer.disconnect('draining');
    },
    close() {
      counts.close();
      channels.close();
    },
  };
}
