/**
 * The author protocol over Socket.IO: makes the server, admits sockets, and takes them down in order when the node
 * drains.
 *
 *   handshake.ts   who may connect           rooms.ts      whom a document's news reach
 *   connection.ts  one socket's messages     awareness.ts  carets, stamped
 *   parse-message.ts  the schema check       sync.ts       documents of other nodes
 */
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { failure } from '../../../schemas/errors.ts';
import { isForViewers } from '../../../schemas/viewer-namespace.ts';
import type { DocumentRouter } from '../../actors/document/router.ts';
import type { Users } from '../../actors/user/users.ts';
import { networkOf } from '../../lib/addresses.ts';
import { fullJitter } from '../../lib/backoff.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/logger.ts';
import * as parser from '../../lib/msgpack/sharing-parser.ts';
import type { AccessPort } from '../../ports/access.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { AddressQuota } from '../access/address-quota.ts';
import {
  type AdmissionPorts,
  closingRefused,
  connectError,
  type HandshakeRate,
  identify,
  queryOf,
  SILENCE_MS,
} from '../access/handshake.ts';
import type { HandshakeTickets } from '../access/handshake-tickets.ts';
import type { UserBudgets } from '../access/user-budgets.ts';
import type { LargeAnswers } from '../listener/large-answers.ts';
import type { Listener } from '../listener/listener.ts';
import { Connection, type ConnectionLimits } from './connection.ts';
import { Rooms } from './rooms.ts';
import type { Audience } from './sync.ts';

export interface RealtimeLimits extends ConnectionLimits {
  /** Largest frame, bytes. */
  maxFrameBytes: number;
}

export interface RealtimeOptions {
  cluster: Cluster;
  /** Socket.IO's adapter; undefined for a node that runs alone. */
  adapter: NonNullable<ServerOptions['adapter']> | undefined;
  router: DocumentRouter;
  users: Users;
  access: AccessPort;
  /** A user has opened a document. */
  onOpened(userId: string, documentId: string): void;
  /** Shared with stock Yjs clients. */
  largeAnswers: LargeAnswers;
  /** Shared with stock Yjs clients. */
  userBudgets: UserBudgets;
  admission: Omit<AdmissionPorts, 'isDraining'>;
  /** Handshakes of authors; shared with stock Yjs clients. */
  rate: HandshakeRate;
  /** Handshakes of viewers, who come in thousands. // I9: they must not use up what authors have. */
  viewersRate: HandshakeRate;
  tickets: Pick<HandshakeTickets, 'userOf'>;
  /** Sockets of each address that are signed in, of all kinds. */
  signedIn: AddressQuota;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: RealtimeLimits;
}

export interface Realtime extends Audience {
  readonly io: Server;
  readonly rooms: Rooms;
  /** Serves the sockets of a listener; once, before it listens. */
  attachTo(listener: Pick<Listener, 'attachSocketIo'>): void;
  count(): number;
  /** Asks every client to connect elsewhere, spread over `spreadMs`, and closes what is left after it. */
  drain(spreadMs: number): Promise<void>;
  close(): Promise<void>;
}

/** What is used of an Engine.IO connection. */
interface EngineConnection {
  close(): void;
  once(event: 'data' | 'close', listener: () => void): void;
}

/** What is known of a socket that came in. */
interface Admitted {
  identity: Connection['identity'];
  network: string;
}

/** Time for a client to be connected elsewhere before it is disconnected here, milliseconds. */
const FAREWELL_MS = 1_000;
/** Time to join a namespace, the look-up of the session included, which a busy database answers late; as long as on /y. */
const LOOK_UP_MS = 15_000;

export function createRealtime(options: RealtimeOptions): Realtime {
  const { cluster, users, random, log, limits, rate, viewersRate, tickets, signedIn } = options;
  const connections = new Map<string, Connection>();
  let draining = false;
  const admission: AdmissionPorts = { ...options.admission, isDraining: () => draining };

  const io = new Server({
    transports: ['websocket'],
    serveClient: false,
    parser,
    perMessageDeflate: false,
    maxHttpBufferSize: limits.maxFrameBytes,
    connectTimeout: LOOK_UP_MS,
    allowRequest: (request, decide) => {
      if (!options.admission.site.serves(request.headers.host)) {
        decide('misdirected', false);
        return;
      }
      const address = request.socket?.remoteAddress ?? request.connection?.remoteAddress ?? '';
      const query = queryOf(request);
      const peer = options.admission.peerOf(request.headers, address);
      const budget = isForViewers(query) ? viewersRate : rate;
      const admitted = budget.take(peer.address, tickets.userOf(query.ticket, request.headers.cookie, peer.secure));
      decide(admitted ? null : 'rate_limited', admitted);
    },
    ...(options.adapter ? { adapter: options.adapter } : {}),
  });
  const rooms = new Rooms(io, cluster, options.adapter !== undefined);

  const handled = new WeakSet<object>();
  io.use((socket, done) => {
    const next = closingRefused(socket, done);
    // I9: one authentication for each handshake that was counted, however often the client tries on it.
    if (handled.has(socket.conn)) {
      socket.conn.close();
      return;
    }
    handled.add(socket.conn);
    // I9: counted as a viewer's.
    if (isForViewers(socket.handshake.query)) {
      next(connectError('bad_request'));
      return;
    }
    identify(socket, admission).then((identity) => {
      const { headers, address } = socket.handshake;
      const peer = options.admission.peerOf(headers, address);
      socket.data = { identity, network: networkOf(peer.address) } satisfies Admitted;
      next();
    }, next);
  });

  io.on('connection', (socket: Socket) => {
    const { identity, network } = socket.data as Admitted;
    const connection = new Connection(socket, identity, {
      ...options,
      nodeId: cluster.nodeId,
      router: options.router,
      rooms,
    });
    const refused = users.join(connection);
    if (refused) {
      socket.emit('bye', { code: refused.error.code, message: refused.error.message });
      socket.disconnect(true);
      return;
    }
    connections.set(socket.id, connection);
    signedIn.acquire(network);
    log.debug({ connectionId: socket.id, userId: identity.userId, sessionId: identity.sessionId }, 'socket opened');
    socket.on('disconnect', (reason) => {
      connections.delete(socket.id);
      signedIn.release(network);
      connection.closed();
      users.leave(connection);
      log.debug({ connectionId: socket.id, userId: identity.userId, reason }, 'socket closed');
    });
  });

  return {
    io,
    rooms,
    attachTo(listener) {
      listener.attachSocketIo(io);
      io.engine.on('connection', (connection: EngineConnection) => {
        const silent = setTimeout(() => connection.close(), SILENCE_MS);
        connection.once('data', () => clearTimeout(silent));
        connection.once('close', () => clearTimeout(silent));
      });
    },
    edits: (message, except) => rooms.edits(message, except),
    reopen(documentId, reason) {
      for (const connection of connections.values()) connection.moved(documentId);
      rooms.reopen(documentId, reason);
    },
    head: (doc, epoch, seq) => rooms.head({ doc, epoch, seq }),
    *openElsewhere() {
      for (const connection of connections.values()) yield* connection.openElsewhere();
    },
    count: () => connections.size,
    async drain(spreadMs) {
      draining = true;
      const { error } = failure('draining');
      const sockets = [...io.of('/').sockets.values()];
      await Promise.all(
        sockets.map(async (socket) => {
          const reconnectInMs = Math.floor(fullJitter(spreadMs, random));
          socket.emit('drain', { reconnectInMs });
          const gone = new Promise((resolve) => socket.once('disconnect', resolve));
          await withDeadline(gone, reconnectInMs + FAREWELL_MS, () => undefined);
          socket.emit('bye', { code: error.code, message: error.message });
          socket.disconnect(true);
        }),
      );
    },
    async close() {
      // `local`: the adapter would pass it on to every node.
      io.local.disconnectSockets(true);
      // Before it is attached to a listener there is no engine, which its own close does not expect.
      if ((io as { engine?: unknown }).engine === undefined) await io.of('/').adapter.close();
      else await io.close();
    },
  };
}
