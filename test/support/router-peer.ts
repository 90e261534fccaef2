// A node of documents and nothing else - journal, actors, router, a cluster over Redis - in this process or in one of its
// own, to be killed in the middle of a write. As a process: node test/support/router-peer.ts DATABASE REDIS PREFIX NODE DIES
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDocuments, type Documents } from '../../src/actors/document/documents.ts';
import { createBroadcast, createRemoteDocuments, serveRemoteDocuments } from '../../src/actors/document/remote.ts';
import { createDocumentRouter, type DocumentRouter } from '../../src/actors/document/router.ts';
import { createTrialPool } from '../../src/actors/document/update/trial.ts';
import { createCopies } from '../../src/actors/document/writes/copies.ts';
import { createNodeSupervisor } from '../../src/actors/supervision/node-supervisor.ts';
import { DEFAULT_RESTART_POLICY } from '../../src/actors/supervision/supervisor.ts';
import { connectRedisCluster } from '../../src/cluster/redis/connect.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { createJournal, type PostgresJournal } from '../../src/storage/postgres/journal/index.ts';
import { actorHarness } from './actors.ts';
import { silentLog } from './silent-log.ts';

/** When a process dies: as soon as a write is applied, or as soon as it is committed and before any answer. */
export type Dies = 'applied' | 'committed' | 'never';

export interface PeerOptions {
  databaseUrl: string;
  redisUrl: string;
  keyPrefix: string;
  nodeId: string;
  /** Stands between the node and its journal. */
  through?: (journal: PostgresJournal) => Journal;
  onCommitted?: (documentId: string, seq: number) => void;
}

export interface Peer {
  readonly nodeId: string;
  readonly cluster: Cluster;
  readonly documents: Documents;
  readonly router: DocumentRouter;
  readonly journal: PostgresJournal;
  close(): Promise<void>;
}

export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { databaseUrl, keyPrefix, nodeId, redisUrl } = options;
  const log = silentLog;
  const cluster = await connectRedisCluster({ url: redisUrl, nodeId, log, keyPrefix, startWaitMs: 20_000 });
  const journal = createJournal({
    databaseUrl,
    nodeId,
    log,
    statementTimeoutMs: 10_000,
    random: Math.random,
    maxWindowMs: 1,
    maxBatchEntries: 1_000,
    maxBatchBytes: 8_388_608,
  });
  const trial = createTrialPool({ size: 1, timeMs: 10_000, memoryMb: 256, log });
  const copies = createCopies({
    threads: 1,
    queued: 64,
    queuedOfOwner: 64,
    cpuMs: 20_000,
    waitMs: 20_000,
    memoryMb: 256,
    partMs: 10_000,
    log,
  });
  const supervisor = createNodeSupervisor();
  const { limits, metrics } = actorHarness().ports;
  const documents = createDocuments(
    {
      nodeId,
      journal: options.through?.(journal) ?? journal,
      broadcast: createBroadcast(cluster, { edits: () => undefined, reopen: () => undefined }),
      trial,
      copies,
      limits,
      metrics,
      committed: options.onCommitted ?? (() => undefined),
      clock: { now: Date.now },
      log,
    },
    supervisor,
    DEFAULT_RESTART_POLICY,
  );
  serveRemoteDocuments(cluster, documents);
  const remote = createRemoteDocuments(cluster, 5_000);
  const router = createDocumentRouter({ documents, remote, cluster, directory: journal, log, settleMs: 10 });
  return {
    nodeId,
    cluster,
    documents,
    router,
    journal,
    async close() {
      router.stop();
      await documents.drain();
      supervisor.stop();
      await Promise.all([trial.close(), copies.close(), cluster.close(), journal.close(500)]);
    },
  };
}

export interface PeerProcess {
  /** Opens the document there, so that it is the owner. */
  hold(documentId: string): Promise<void>;
  readonly exited: Promise<unknown>;
  kill(): void;
}

export async function startPeerProcess(options: Omit<PeerOptions, 'through'>, dies: Dies): Promise<PeerProcess> {
  const { databaseUrl, keyPrefix, nodeId, redisUrl } = options;
  const child = fork(fileURLToPath(import.meta.url), [databaseUrl, redisUrl, keyPrefix, nodeId, dies], {
    execArgv: [],
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(new Error('the peer did not start')))]);
  return {
    exited,
    async hold(documentId) {
      child.send(documentId);
      await once(child, 'message');
    },
    kill: () => child.kill('SIGKILL'),
  };
}

async function main([databaseUrl = '', redisUrl = '', keyPrefix = '', nodeId = '', dies = '']: string[]) {
  const die = () => process.kill(process.pid, 'SIGKILL');
  const peer = await startPeer({
    databaseUrl,
    redisUrl,
    keyPrefix,
    nodeId,
    through: (journal) => ({
      ...journal,
      openLog(documentId, claim, settled) {
        const log = journal.openLog(documentId, claim, settled);
        return {
          append(entry) {
            if (dies === 'applied') die();
            return log.append(entry);
          },
          close: () => log.close(),
        };
      },
    }),
    // In the turn of the commit: what was answered in it has not left the process.
    onCommitted: () => {
      if (dies === 'committed') die();
    },
  });
  process.on('message', async (documentId) => {
    const read = await peer.router.read(String(documentId), 'content');
    process.send?.(read.ok ? 'owned' : read.error.code);
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.('up');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
