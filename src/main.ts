/** Starts a node: the order of its phases, nothing else. Each phase is a file of `node/`; `node/shutdown.ts` ends it. */
import { checkBuilt } from './gateway/http/built-app.ts';
import { openOpsServer } from './gateway/ops/ops-server.ts';
import { createReadiness } from './gateway/ops/readiness.ts';
import { createLiveDrafts } from './gateway/readers/sockets/live-drafts.ts';
import { checkSdkBuilt } from './gateway/sdk/files.ts';
import type { Logger } from './lib/logger.ts';
import { createAccess } from './node/access.ts';
import { openAccounts } from './node/accounts.ts';
import { startActors } from './node/actors.ts';
import { createNodeApi } from './node/api.ts';
import { startBackground } from './node/background.ts';
import { followChanges } from './node/changes.ts';
import { joinCluster } from './node/cluster.ts';
import { createContext, type NodeConfig, type NodeContext, type Replacements } from './node/context.ts';
import { watchGauges } from './node/gauges.ts';
import { openListener } from './node/listener.ts';
import { openPublic } from './node/public.ts';
import { LIVE_DRAFTS, PUBLIC_DRAFT_PACE_MS, SDK_DIR, WEB_DIR } from './node/settings.ts';
import { createShutdown } from './node/shutdown.ts';
import { openSockets } from './node/sockets.ts';
import { openStorage } from './node/storage.ts';
import { documentChannel } from './ports/notices.ts';
import { createPublisher } from './publishing/publisher.ts';

export type { Replacements };

export interface RunningNode {
  readonly nodeId: string;
  readonly port: number;
  /** Of the operators' port; undefined when none could be opened. */
  readonly opsPort: number | undefined;
  readonly listener: 'uws' | 'node';
  /** Drains and stops; resolves by the deadline of the configuration. */
  close(): Promise<void>;
}

/** @throws whatever kept a part from starting, after the parts that had started were closed */
export async function startNode(
  config: NodeConfig,
  log: Logger,
  replacements: Replacements = {},
): Promise<RunningNode> {
  const context = createContext(config, log, replacements);
  try {
    return await startParts(context);
  } catch (error) {
    // What kept it from starting is what counts: a part that does not close either must not stand in its place.
    await context.parts.close().catch((err: Error) => log.error({ err }, 'could not close a part of the node'));
    throw error;
  }
}

async function startParts(context: NodeContext): Promise<RunningNode> {
  const { config, log, clock, metrics, drain, parts } = context;
  const { nodeId } = config;
  // First what costs nothing to find out and leaves nothing behind.
  checkBuilt(WEB_DIR);
  checkSdkBuilt(SDK_DIR);

  const storage = await openStorage(context);
  const { orm, journal, secret } = storage;
  const nodeCluster = await joinCluster(context);
  const { cluster, redis, notify } = nodeCluster;
  const accounts = openAccounts(config, { orm, redis, clock, log }, parts);
  const changes = followChanges(context, orm);

  const actors = startActors(context, { journal, cluster, changes, accounts });
  const { router, users } = actors;
  const liveDrafts = createLiveDrafts({ cluster, router, random: Math.random, log, ...LIVE_DRAFTS });
  const published = await openPublic(
    config,
    {
      orm,
      cluster,
      redis,
      metrics: metrics.publicCache,
      clock,
      log,
      changes: changes.feed,
      liveContents: actors.liveContents,
      openDraft: liveDrafts.opener(PUBLIC_DRAFT_PACE_MS),
    },
    parts,
  );

  const { publishing, revisions } = accounts;
  const publisher = createPublisher({ publishing, revisions, drafts: router, notify });
  const background = await startBackground(
    config,
    {
      orm,
      drafts: router,
      publisher,
      purgeCounts: published.viewCounts.purge,
      purgeChanges: changes.purge,
      // Lists have titles and summaries of revisions.
      onChanged: (documentId) => notify(documentChannel(documentId), { kind: 'changed' }, { changesLists: false }),
      clock,
      log,
    },
    parts,
  );
  storage.written.connect(background.written);
  actors.committed.connect(background.committed);

  const access = createAccess(context, { accounts, secret });
  const sockets = openSockets(context, {
    cluster: nodeCluster,
    journal,
    accounts,
    actors,
    access,
    changes,
    published,
    liveDrafts,
    onOpened: background.opened,
  });
  const { unread, tickets } = access;
  const { draftSubscribers } = sockets;
  const api = createNodeApi(
    config,
    {
      unread,
      accounts,
      router,
      publisher,
      draftSubscribers,
      users,
      readersOf: sockets.viewers.readersOf,
      site: access.site,
      redis,
      notify,
      secret,
      tickets,
      published,
      clock,
      log,
    },
    parts,
  );
  const readiness = createReadiness(() => (drain.hasBegun ? 'draining' : journal.trouble()), log);
  const listener = await openListener(context, { access, accounts, actors, api, published, sockets, readiness });
  sockets.publish.connect((topic, json) => listener.publish(topic, json));
  watchGauges(metrics, { access, accounts, actors, published, sockets, storage });

  const { port } = await listener.listen({ host: config.host, port: config.port });
  const ops = await openOpsServer(
    { host: config.opsHost, port: config.opsPort },
    { readiness, metrics: metrics.expose, log },
  );
  parts.add('operators port', () => ops.close());
  log.info({ nodeId, port, opsPort: ops.port, listener: listener.kind, cluster: redis ? 'redis' : 'alone' }, 'serving');
  return {
    nodeId,
    port,
    opsPort: ops.port,
    listener: listener.kind,
    close: createShutdown(context, { listener, sockets, actors, background, published }),
  };
}
