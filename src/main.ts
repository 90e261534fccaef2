/**
 * The composition root: config -> storage -> cluster -> actors -> gateway. It and `wiring/` alone know every part; the
 * parts know ports. `startNode` brings a node up, `close` takes it down in the order of DESIGN section 6.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerOptions } from 'socket.io';
import { createDocuments } from './actors/document/documents.ts';
import { createBroadcast, createRemoteDocuments, serveRemoteDocuments } from './actors/document/remote.ts';
import { createDocumentRouter } from './actors/document/router.ts';
import { createDraftSubscribers } from './actors/document/subscriptions/draft-subscribers.ts';
import { createTrialPool } from './actors/document/update/trial.ts';
import { createCopies } from './actors/document/writes/copies.ts';
import { createNodeSupervisor } from './actors/supervision/node-supervisor.ts';
import { DEFAULT_RESTART_POLICY } from './actors/supervision/supervisor.ts';
import { createUsers } from './actors/user/users.ts';
import { createLocalCluster } from './cluster/local.ts';
import { connectRedisCluster } from './cluster/redis/connect.ts';
import { redisAdapter } from './cluster/redis/socket-io-adapter.ts';
import type { Config } from './config/config.ts';
import { type AddressShares, createAddressShares } from './gateway/access/address-quota.ts';
import { createAuthenticator } from './gateway/access/authenticate.ts';
import { HandshakeRate } from './gateway/access/handshake.ts';
import { createTickets } from './gateway/access/handshake-tickets.ts';
import { connectionItself, createPeerOf } from './gateway/access/peer.ts';
import { createAuthorsNetworks } from './gateway/access/signed-in-networks.ts';
import { createSite } from './gateway/access/site.ts';
import { UserLoads } from './gateway/access/user-budgets.ts';
import { createPages } from './gateway/app/pages.ts';
import { createRealtime } from './gateway/authors/server.ts';
import { type Audience, startSync, together } from './gateway/authors/sync.ts';
import { createFrontDoor } from './gateway/front-door.ts';
import { checkBuilt } from './gateway/http/built-app.ts';
import { policies } from './gateway/http/policies.ts';
import { createListener } from './gateway/listener/create-listener.ts';
import { LargeAnswers } from './gateway/listener/large-answers.ts';
import type { Listener } from './gateway/listener/listener.ts';
import { UnreadBytes } from './gateway/listener/unread-bytes.ts';
import { openOpsServer } from './gateway/ops/ops-server.ts';
import { createReadiness } from './gateway/ops/readiness.ts';
import { createFeeds } from './gateway/readers/pages/feeds.ts';
import { createQuickPages } from './gateway/readers/pages/quick-pages.ts';
import { createReading } from './gateway/readers/pages/reading.ts';
import { createViewers } from './gateway/readers/sockets/viewers.ts';
import { createWidget } from './gateway/widget/endpoint.ts';
import { createWidgetScripts } from './gateway/widget/scripts.ts';
import { createYjs } from './gateway/yjs/endpoint.ts';
import { createNetworkSet, networkOf } from './lib/addresses.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { openAccounts } from './node/accounts.ts';
import { createNodeApi } from './node/api.ts';
import { type Background, startBackground } from './node/background.ts';
import { createChangeFeed } from './node/change-feed.ts';
import { createMetrics } from './node/metrics.ts';
import { openPublic } from './node/public.ts';
import * as settings from './node/settings.ts';
import type { Cluster } from './ports/cluster.ts';
import { documentChannel } from './ports/notices.ts';
import { createNotify } from './published/publications.ts';
import { createPublisher } from './publishing/publisher.ts';
import { createChangeLog } from './storage/postgres/access-changes.ts';
import { createJournal, type PostgresJournal } from './storage/postgres/journal/index.ts';
import { migrate } from './storage/postgres/migrate.ts';
import { createOrm } from './storage/postgres/orm.ts';
import { createCountedViews } from './storage/postgres/public/counts.ts';
import { serverSecret } from './storage/postgres/server-secret.ts';
import { isUnavailable } from './storage/postgres/unavailable.ts';

export interface RunningNode {
  readonly nodeId: string;
  readonly port: number;
  /** Of the operators' port; undefined when none could be opened. */
  readonly opsPort: number | undefined;
  readonly listener: 'uws' | 'node';
  /** Drains and stops; resolves by the deadline of the configuration. */
  close(): Promise<void>;
}

/** Parts that a test replaces, to prove that its checks can fail. */
export interface Replacements {
  journal?: (journal: PostgresJournal) => PostgresJournal;
  cluster?: (cluster: Cluster) => Cluster;
  /** Milliseconds between looks at what changed in the database: so many that notices alone count, or few. */
  recheckMs?: number;
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
    // What kept it from starting is what counts: a part that does not close either must not stand in its place.
    await parts.disposeAsync().catch((failed: Error) => log.error({ err: failed }, 'a part did not close'));
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
  const leftMs = () => Math.max(config.drainMs - (performance.now() - (drainingSince ?? performance.now())), 0);

  // First what costs nothing to find out and leaves nothing behind.
  checkBuilt(settings.WEB_DIR);

  // Storage
  const orm = await createOrm({ databaseUrl: config.databaseUrl, log, poolSize: settings.ORM_POOL });
  parts.defer(() => orm.close());
  await migrate(orm, log);
  const secret = await serverSecret(orm, 'signatures');
  let background: Background | undefined;
  const postgresJournal = createJournal({
    databaseUrl: config.databaseUrl,
    nodeId,
    log,
    statementTimeoutMs: config.statementTimeoutMs,
    maxWindowMs: config.commitWindowMs,
    ...settings.BATCH,
    onBatch: metrics.journalBatch,
    random: Math.random,
    onWritable: () => orm.renewSessions(),
    onWritten: (portion, at) => background?.written(portion, at),
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
  const notify = createNotify(cluster);

  const redis = redisCluster?.redis();
  const accounts = openAccounts(config, { orm, redis, clock, log }, parts);
  const { access, holders } = accounts;
  const changeLog = createChangeLog(orm, () => performance.now());
  const pollMs = replacements.recheckMs ?? settings.CHANGES.pollMs;
  const changes = createChangeFeed({
    source: changeLog,
    ...settings.CHANGES,
    pollMs,
    now: () => performance.now(),
    log,
  });
  parts.defer(() => changes.close());

  // Actors
  let audience: Audience | undefined;
  const supervisor = createNodeSupervisor();
  parts.defer(() => supervisor.stop());
  const trial = createTrialPool({ ...settings.TRIAL, log });
  parts.defer(() => trial.close());
  const copies = createCopies({ ...settings.COPIES, log });
  parts.defer(() => copies.close());
  const broadcast = createBroadcast(cluster, {
    edits: (message, except) => audience?.edits(message, except),
    reopen: (documentId, reason) => audience?.reopen(documentId, reason),
  });
  const documents = createDocuments(
    {
      nodeId,
      journal,
      broadcast,
      trial,
      copies,
      committed: (documentId) => background?.committed(documentId),
      limits: settings.documentLimits(config),
      metrics: metrics.documents,
      clock,
      log,
    },
    supervisor,
    DEFAULT_RESTART_POLICY,
  );
  serveRemoteDocuments(cluster, documents);
  const remote = createRemoteDocuments(cluster, settings.CALL_DEADLINE_MS);
  const router = createDocumentRouter({
    documents,
    remote,
    cluster,
    directory: journal,
    log,
    settleMs: settings.SETTLE_MS,
  });
  const users = createUsers({
    node: supervisor,
    cluster,
    access,
    changes,
    onSessionRevoked: holders.forget,
    policy: DEFAULT_RESTART_POLICY,
    clock,
    log,
    limits: { maxSocketsPerUser: config.maxSocketsPerUser, userLingerMs: 5_000, expiryMs: pollMs },
  });
  parts.defer(() => users.close());
  const { publishing, revisions } = accounts;
  const publisher = createPublisher({ publishing, revisions, drafts: router, notify });
  background = await startBackground(
    config,
    {
      orm,
      drafts: router,
      publisher,
      purgeCounts: () => createCountedViews(orm).purge(),
      purgeChanges: changeLog.purge,
      onChanged: (documentId) => notify(documentChannel(documentId), { kind: 'changed' }),
      clock,
      log,
    },
    parts,
  );

  // Gateway
  let listener: Listener | undefined;
  const anybody = await openPublic(
    config,
    {
      orm,
      cluster,
      redis,
      metrics: metrics.publicCache,
      clock,
      log,
      changes,
    },
    parts,
  );
  const peerOf = createPeerOf(config.trustedProxies);
  const site = createSite(config);
  const authenticator = createAuthenticator(holders);
  const tickets = createTickets(secret, clock);
  // One for each kind, so that no kind uses up what another has; those who edit share one, whatever protocol they speak.
  const rates = {
    authors: new HandshakeRate(config, clock),
    viewers: new HandshakeRate(config, clock),
    widgets: new HandshakeRate(config, clock),
  };
  const admission = {
    authenticator,
    allowedOrigins: config.allowedOrigins,
    site,
    peerOf: (headers: IncomingHttpHeaders, address: string) =>
      peerOf({ address, secure: false }, (name) => header(headers[name])),
  };
  const largeAnswers = new LargeAnswers(config, clock);
  const userLoads = new UserLoads(config, clock);
  // I9: addresses bound strangers; who is signed in counts by user.
  const strangers = (): number => shares.viewers.total() + shares.widgets.total();
  const strangersFit = (): boolean => strangers() < config.maxSockets * (1 - config.reservedAuthorPercent / 100);
  const shares: Record<'viewers' | 'widgets' | 'requests', AddressShares> = {
    viewers: createAddressShares(config.maxViewersPerAddress, strangersFit),
    widgets: createAddressShares(config.maxWidgetsPerAddress, strangersFit),
    requests: createAddressShares(config.maxRequestsPerAddress),
  };
  const signedIn = createAuthorsNetworks(createAddressShares(Number.POSITIVE_INFINITY));
  const realtime = createRealtime({
    signedIn,
    largeAnswers,
    userLoads,
    cluster,
    adapter: redisCluster && (redisAdapter(redisCluster, { log }) as NonNullable<ServerOptions['adapter']>),
    router,
    users,
    access,
    rate: rates.authors,
    viewersRate: rates.viewers,
    tickets,
    admission,
    clock,
    random: Math.random,
    log,
    limits: { ...config, maxFrameBytes: config.maxUpdateBytes + settings.FRAME_OVERHEAD_BYTES },
  });
  const { io, rooms } = realtime;
  parts.defer(() => realtime.close());
  const draftSubscribers = createDraftSubscribers({
    cluster,
    router,
    users,
    access,
    journal,
    random: Math.random,
    log,
    limits: settings.CATCH_UP,
  });
  parts.defer(() => draftSubscribers.close());
  const viewers = createViewers({
    io,
    cluster,
    router,
    users,
    publicPages: anybody.cache,
    usersPages: revisions,
    admission,
    shares: shares.viewers,
    signedIn,
    clock,
    random: Math.random,
    log,
    limits: config,
    changes,
  });
  parts.defer(() => viewers.close());
  audience = together([realtime, draftSubscribers, viewers]);
  parts.defer(startSync({ cluster, remote, audience, syncMs: config.syncMs, livenessMs: config.heartbeatMs, log }));
  const yjs = createYjs({
    signedIn,
    largeAnswers,
    userLoads,
    draftSubscribers,
    rooms,
    authenticator,
    allowedOrigins: config.allowedOrigins,
    peerOf,
    site,
    rate: rates.authors,
    tickets,
    clock,
    random: Math.random,
    log,
    limits: config,
  });
  parts.defer(() => yjs.close());
  const widget = createWidget({
    channels: anybody.channels,
    publish: (topic, json) => listener?.publish(topic, json),
    peerOf,
    site,
    rate: rates.widgets,
    shares: shares.widgets,
    clock,
    log,
    limits: config,
  });
  const unread = new UnreadBytes(config);
  const api = createNodeApi(
    config,
    {
      unread,
      accounts,
      router,
      publisher,
      draftSubscribers,
      users,
      redis,
      notify,
      secret,
      tickets,
      anybody,
      clock,
      log,
    },
    parts,
  );

  const readiness = createReadiness(() => {
    if (drainingSince !== undefined) return 'draining';
    return journal.trouble();
  }, log);
  const quick = createQuickPages({
    peek: anybody.cache.peek,
    counted: anybody.counters.read,
    admit: api.admit,
    peerOf: config.trustedProxies.length === 0 ? connectionItself : peerOf,
  });
  listener = await createListener(config.listener, {
    quick,
    isProxy: createNetworkSet(config.trustedProxies),
    policiesOf: (connection, header) => policies(header('host'), peerOf(connection, header).secure),
    clientOf: (address, header) => networkOf(peerOf({ address, secure: false }, header).address),
    fetch: createFrontDoor({
      api,
      pages: createPages({ webDir: settings.WEB_DIR, publicUrl: config.publicUrl }),
      reading: createReading({
        webDir: settings.WEB_DIR,
        publicPage: anybody.cache.page,
        counted: anybody.counters.read,
        published: revisions.published,
        viewerOf: async (cookies, secure) => (await authenticator.byCookieHeader(cookies, secure))?.userId,
        isUnavailable,
        log,
        site,
      }),
      quick,
      feeds: createFeeds({ pages: anybody.cache, isUnavailable, log, site }),
      widgetScripts: createWidgetScripts({ webDir: settings.WEB_DIR, publicUrl: config.publicUrl }),
      peerOf,
      readiness,
      site,
    }),
    unread,
    requests: shares.requests,
    signedIn,
    strangers,
    limits: settings.listenerLimits(config),
    log,
  });
  const door = listener;
  parts.defer(() => door.close(Math.min(leftMs(), settings.REQUESTS_END_MS)));
  door.attachSocketIo(io);
  door.route(yjs.route);
  door.route(widget.route);
  metrics.watch('stet_sockets', 'Author sockets', () => realtime.count());
  metrics.watch('stet_followers', 'Yjs clients and event streams', () => draftSubscribers.count());
  metrics.watch('stet_viewers', 'Viewer sockets', () => viewers.count());
  metrics.watch('stet_widgets', 'Widget sockets', () => widget.count());
  metrics.watch('stet_unread_bytes', 'Bytes of answers that wait for their readers', () => unread.bytes);
  metrics.watch('stet_public_cache_bytes', 'Published pages held in process', () => anybody.cache.stats().bytes);
  metrics.watchBy('stet_document_actors', 'Document actors by state', 'state', () => documents.states());
  metrics.watch('stet_documents_refused', 'Documents whose appends the database refuses', () =>
    documents.refusedCount(),
  );
  metrics.watch('stet_journal_writable', '1 while the database takes writes', () =>
    journal.trouble() === undefined ? 1 : 0,
  );
  metrics.watch('stet_replicas_in_use', 'Read replicas that answer', () => accounts.reads.count());
  metrics.watch('stet_users_present', 'Users with a socket on this node', () => users.count());
  const { port } = await door.listen({ host: config.host, port: config.port });
  const ops = await openOpsServer(
    { host: config.opsHost, port: config.opsPort },
    { readiness, metrics: metrics.expose, log },
  );
  parts.defer(() => ops.close());
  log.info(
    { nodeId, port, opsPort: ops.port, listener: door.kind, cluster: redisCluster ? 'redis' : 'alone' },
    'serving',
  );

  async function stop(): Promise<void> {
    drainingSince = performance.now();
    const clients = {
      sockets: realtime.count(),
      followers: draftSubscribers.count(),
      viewers: viewers.count(),
      widgets: widget.count(),
    };
    log.info({ ...clients, documents: documents.count() }, 'draining');
    door.stopAccepting();
    draftSubscribers.stop();
    await Promise.race([background?.flushTexts(), delay(settings.LAST_TEXTS_MS, undefined, { ref: false })]);
    router.stop();
    documents.beginDrain();
    // Authors write on here until each is connected elsewhere; their documents follow them.
    const writersMs = settings.writersSpreadMs(realtime.count() + draftSubscribers.count(), config);
    await Promise.all([
      realtime.drain(writersMs),
      draftSubscribers.drain(writersMs),
      viewers.drain(settings.readersSpreadMs(viewers.count(), config)),
      widget.drain(settings.readersSpreadMs(widget.count(), config)),
    ]);
    // Event streams end with it: else the listener would wait for them.
    anybody.channels.close();
    await documents.drain();
    await parts.disposeAsync();
    log.info({ tookMs: Math.round(performance.now() - drainingSince) }, 'stopped');
  }

  let stopping: Promise<void> | undefined;
  return {
    nodeId,
    port,
    opsPort: ops.port,
    listener: door.kind,
    close() {
      stopping ??= Promise.race([stop(), new Promise<void>((resolve) => setTimeout(resolve, config.drainMs).unref())]);
      return stopping;
    },
  };
}

/** A header's values as one. */
function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
