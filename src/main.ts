/**
 * The composition root: config -> storage -> cluster -> actors -> gateway. It alone knows every part; the parts know
 * ports. `startNode` brings a node up, `close` takes it down in the order of DESIGN section 6.
 */
import { fileURLToPath } from 'node:url';
import type { ServerOptions } from 'socket.io';
import { createCopies } from './actors/document/content/copies.ts';
import { createDocuments } from './actors/document/documents.ts';
import type { DocumentLimits } from './actors/document/ports.ts';
import { createBroadcast, createRemoteDocuments, serveRemoteDocuments } from './actors/document/remote.ts';
import { createDocumentRouter } from './actors/document/router.ts';
import {
  DEFAULT_ADMIT_LIMITS,
  DEFAULT_SCAN_LIMITS,
  DEFAULT_TRIAL_THRESHOLDS,
} from './actors/document/update/limits.ts';
import { createTrialPool } from './actors/document/update/trial.ts';
import { createNodeSupervisor } from './actors/supervision/node-supervisor.ts';
import { DEFAULT_RESTART_POLICY } from './actors/supervision/supervisor.ts';
import { createUsers as createUserActors } from './actors/user/users.ts';
import { createLocalCluster } from './cluster/local.ts';
import { connectRedisCluster } from './cluster/redis/connect.ts';
import { redisAdapter } from './cluster/redis/socket-io-adapter.ts';
import type { Config } from './config.ts';
import { createApi } from './gateway/api/app.ts';
import { createAttemptLimiter } from './gateway/api/attempts.ts';
import { createAuthenticator } from './gateway/api/authenticate.ts';
import { createFollowers } from './gateway/follow/followers.ts';
import { createFrontDoor } from './gateway/front-door.ts';
import { createListener } from './gateway/listener/create-listener.ts';
import { createPages } from './gateway/pages.ts';
import { createPeerOf } from './gateway/peer.ts';
import { HandshakeRate } from './gateway/realtime/handshake.ts';
import { createRealtime } from './gateway/realtime/server.ts';
import { type Audience, startSync, together } from './gateway/realtime/sync.ts';
import { createYjs } from './gateway/yjs/endpoint.ts';
import { createMetrics } from './metrics.ts';
import type { Clock } from './ports/clock.ts';
import type { Cluster } from './ports/cluster.ts';
import type { Logger } from './ports/logger.ts';
import { createAccess } from './storage/accounts/access.ts';
import { createDocuments as createDocumentRecords } from './storage/accounts/documents.ts';
import { createGrants } from './storage/accounts/grants.ts';
import { createPasswords } from './storage/accounts/passwords.ts';
import { createSessions } from './storage/accounts/sessions.ts';
import { createUsers } from './storage/accounts/users.ts';
import { createJournal, type PostgresJournal } from './storage/journal/index.ts';
import { migrate } from './storage/migrate.ts';
import { createOrm } from './storage/orm.ts';
import { isUnavailable } from './storage/unavailable.ts';

export interface RunningNode {
  readonly nodeId: string;
  readonly port: number;
  readonly listener: 'uws' | 'node';
  /** Drains and stops; resolves by the deadline of the configuration. */
  close(): Promise<void>;
}

const WEB_DIR = fileURLToPath(new URL('../.stet/web', import.meta.url));
const ORM_POOL = 8;
/** Above the largest update: what the frame adds to it. */
const FRAME_OVERHEAD_BYTES = 4_096;
const PASSWORDS = { parallel: 2, queued: 200 } as const;
const SIGN_IN_ATTEMPTS = { perHandle: 10, perAddress: 100, windowMs: 60_000 } as const;
const TRIAL = { size: 1, timeMs: 100, memoryMb: 256 } as const;
/** Reading and rewriting large texts: a megabyte takes up to seconds. */
const COPIES = { threads: 2, queued: 64, timeMs: 10_000, memoryMb: 512 } as const;
const MAX_JSON_BYTES = 65_536;
const BATCH = { maxBatchEntries: 2_000, maxBatchBytes: 8 * 1_048_576 } as const;
/** What followers read of the journal when they missed something. */
const CATCH_UP = { maxCatchUpRows: 32, maxCatchUpReads: 2 } as const;
/** A document may take so long to be claimed, loaded and answered by another node. */
const CALL_DEADLINE_MS = 1_500;
const SETTLE_MS = 25;
/** Requests in flight get so long to end. */
const REQUESTS_END_MS = 2_000;
/** When the node drains, one client moves about every so many milliseconds: what a connection and a claim cost elsewhere. */
const DRAIN_MS_A_SOCKET = 20;

/** Parts that a test replaces, to prove that its checks can fail. */
export interface Replacements {
  journal?: (journal: PostgresJournal) => PostgresJournal;
  cluster?: (cluster: Cluster) => Cluster;
}

/** @throws whatever kept a part from starting, after the parts that had started were closed */
export async function startNode(
  config: Config & { databaseUrl: string },
  log: Logger,
  replacements: Replacements = {},
): Promise<RunningNode> {
  const parts = new AsyncDisposableStack();
  try {
    return await compose(config, log, replacements, parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

/** @param parts takes each part's release as soon as the part exists; released in reverse order */
async function compose(
  config: Config & { databaseUrl: string },
  log: Logger,
  replacements: Replacements,
  parts: AsyncDisposableStack,
): Promise<RunningNode> {
  const clock: Clock = { now: Date.now };
  const metrics = createMetrics();
  const { nodeId } = config;
  let drainingSince: number | undefined;
  const leftMs = () => Math.max(config.drainMs - (clock.now() - (drainingSince ?? clock.now())), 0);

  // Storage
  const orm = await createOrm({ databaseUrl: config.databaseUrl, log, poolSize: ORM_POOL });
  parts.defer(() => orm.close());
  await migrate(orm, log);
  const access = createAccess(orm, clock);
  const sessions = createSessions({ orm, clock });
  const postgresJournal = createJournal({
    databaseUrl: config.databaseUrl,
    nodeId,
    log,
    statementTimeoutMs: config.statementTimeoutMs,
    maxWindowMs: config.commitWindowMs,
    ...BATCH,
    onBatch: metrics.journalBatch,
  });
  const journal = replacements.journal?.(postgresJournal) ?? postgresJournal;
  parts.defer(() => journal.close(leftMs()));

  // Cluster
  const redisCluster =
    config.redisUrl === undefined
      ? undefined
      : await connectRedisCluster({
          url: config.redisUrl,
          keyPrefix: config.redisPrefix,
          nodeId,
          log,
          heartbeatMs: config.heartbeatMs,
          leaseMs: config.leaseMs,
          onEvent: metrics.cluster,
        });
  const ownCluster = redisCluster ?? createLocalCluster({ nodeId, log });
  const cluster = replacements.cluster?.(ownCluster) ?? ownCluster;
  parts.defer(() => cluster.close());

  // Actors
  let audience: Audience | undefined;
  const supervisor = createNodeSupervisor();
  parts.defer(() => supervisor.stop());
  const trial = createTrialPool({ ...TRIAL, log });
  parts.defer(() => trial.close());
  const broadcast = createBroadcast(cluster, {
    edits: (message, except) => audience?.edits(message, except),
    reopen: (documentId, reason) => audience?.reopen(documentId, reason),
  });
  const copies = createCopies({ ...COPIES, log });
  parts.defer(() => copies.close());
  const onCommitted: ((documentId: string, seq: number) => void)[] = [];
  const documents = createDocuments(
    {
      nodeId,
      journal,
      broadcast,
      trial,
      copies,
      limits: documentLimits(config),
      metrics: metrics.documents,
      committed(documentId, seq) {
        for (const listener of onCommitted) listener(documentId, seq);
      },
      clock,
      log,
    },
    supervisor,
    DEFAULT_RESTART_POLICY,
  );
  serveRemoteDocuments(cluster, documents);
  const remote = createRemoteDocuments(cluster, CALL_DEADLINE_MS);
  const router = createDocumentRouter({ documents, remote, cluster, directory: journal, log, settleMs: SETTLE_MS });
  const users = createUserActors({
    node: supervisor,
    cluster,
    access,
    onSessionRevoked: sessions.forget,
    policy: DEFAULT_RESTART_POLICY,
    clock,
    log,
    limits: { maxSocketsPerUser: config.maxSocketsPerUser, userLingerMs: 5_000, accessRecheckMs: 1_000 },
  });
  parts.defer(() => users.close());

  // Gateway
  const peerOf = createPeerOf(config.trustedProxies);
  const authenticator = createAuthenticator(sessions);
  const rate = new HandshakeRate(config, clock);
  const realtime = createRealtime({
    cluster,
    adapter: redisCluster && (redisAdapter(redisCluster, { log }) as NonNullable<ServerOptions['adapter']>),
    router,
    users,
    access,
    rate,
    admission: {
      authenticator,
      allowedOrigins: config.allowedOrigins,
      peerOf: (headers, address) =>
        peerOf(
          { address, secure: false },
          { forwardedFor: header(headers['x-forwarded-for']), forwardedProto: header(headers['x-forwarded-proto']) },
        ),
    },
    clock,
    random: Math.random,
    log,
    limits: { ...config, maxFrameBytes: config.maxUpdateBytes + FRAME_OVERHEAD_BYTES },
  });
  const { io, rooms } = realtime;
  parts.defer(() => realtime.close());
  const followers = createFollowers({
    cluster,
    router,
    users,
    access,
    journal,
    random: Math.random,
    log,
    limits: CATCH_UP,
  });
  parts.defer(() => followers.close());
  audience = together([realtime, followers]);
  parts.defer(startSync({ cluster, remote, audience, syncMs: config.syncMs, livenessMs: config.heartbeatMs }));
  const yjs = createYjs({
    followers,
    rooms,
    authenticator,
    allowedOrigins: config.allowedOrigins,
    peerOf,
    rate,
    clock,
    random: Math.random,
    log,
    limits: config,
  });
  parts.defer(() => yjs.close());
  const api = createApi({
    accounts: createUsers(orm, createPasswords(PASSWORDS), clock),
    documents: createDocumentRecords(orm, clock),
    grants: createGrants(orm, clock),
    sessions,
    access,
    attempts: createAttemptLimiter(SIGN_IN_ATTEMPTS, redisCluster?.redis()),
    editDraft: ({ userId, sessionId }, documentId, update) =>
      router.editAnywhere(documentId, { connection: undefined, author: { userId, sessionId }, update }),
    clock,
    log,
    limits: { maxJsonBytes: MAX_JSON_BYTES, maxUpdateBytes: config.maxUpdateBytes },
    isSecure: (_request, info) => info.secure,
    onUserChange: users.publish,
    isUnavailable,
  });

  async function unready(): Promise<string | undefined> {
    if (drainingSince !== undefined) return 'draining';
    if (!journal.connected()) return 'the database cannot be reached';
    return undefined;
  }
  const listener = await createListener(config.listener, {
    fetch: createFrontDoor({
      api,
      pages: createPages({ webDir: WEB_DIR }),
      peerOf,
      unready,
      metrics: metrics.expose,
    }),
    limits: {
      maxBodyBytes: config.maxUpdateBytes,
      maxBufferedBodyBytes: config.maxUpdateBytes,
      maxHeaderBytes: config.maxHeaderBytes,
      headersTimeoutMs: 10_000,
      keepAliveTimeoutMs: 30_000,
      requestTimeoutMs: 60_000,
      maxConnections: config.maxSockets,
      socketIoMaxBackpressureBytes: config.maxBackpressureBytes,
    },
    log,
  });
  parts.defer(() => listener.close(Math.min(leftMs(), REQUESTS_END_MS)));
  listener.attachSocketIo(io);
  listener.route(yjs.route);
  metrics.watch('stet_sockets', 'Author sockets', () => realtime.count());
  metrics.watch('stet_followers', 'Yjs clients and event streams', () => followers.count());
  metrics.watchBy('stet_document_actors', 'Document actors by state', 'state', () => documents.states());
  metrics.watch('stet_users_present', 'Users with a socket on this node', () => users.count());
  const { port } = await listener.listen({ host: config.host, port: config.port });
  log.info({ nodeId, port, listener: listener.kind, cluster: redisCluster ? 'redis' : 'alone' }, 'serving');

  async function stop(): Promise<void> {
    drainingSince = clock.now();
    log.info({ sockets: realtime.count(), followers: followers.count(), documents: documents.count() }, 'draining');
    listener.stopAccepting();
    router.stop();
    documents.beginDrain();
    // Authors write on here until each is connected elsewhere; their documents follow them.
    const spreadMs = Math.min((realtime.count() + followers.count()) * DRAIN_MS_A_SOCKET, config.drainMs / 2);
    await Promise.all([realtime.drain(spreadMs), followers.drain(spreadMs)]);
    await documents.drain();
    await parts.disposeAsync();
    log.info({ tookMs: clock.now() - drainingSince }, 'stopped');
  }

  let stopping: Promise<void> | undefined;
  return {
    nodeId,
    port,
    listener: listener.kind,
    close() {
      stopping ??= Promise.race([stop(), new Promise<void>((resolve) => setTimeout(resolve, config.drainMs).unref())]);
      return stopping;
    },
  };
}

function documentLimits(config: Config): DocumentLimits {
  return {
    maxUpdateBytes: config.maxUpdateBytes,
    maxDocumentBytes: config.maxDocumentBytes,
    scan: { ...DEFAULT_SCAN_LIMITS, maxBytes: config.maxUpdateBytes, maxStructs: config.maxUpdateStructs },
    admit: DEFAULT_ADMIT_LIMITS,
    trial: DEFAULT_TRIAL_THRESHOLDS,
    maxUncommittedUpdates: config.maxUncommittedUpdates,
    maxUncommittedBytes: config.maxUncommittedBytes,
    maxMailbox: config.maxMailbox,
    maxStateVectorBytes: config.maxStateVectorBytes,
    snapshotUpdates: config.snapshotUpdates,
    snapshotBytes: config.snapshotBytes,
    idleMs: config.idleMs,
    participantLeaseMs: config.syncMs * 5,
    drainMs: config.drainMs / 2,
  };
}

/** A header's value, or the first of several. */
function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
