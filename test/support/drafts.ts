/** Drafts on a real database: journal, document actors and router of one node, without a front door. */
import { randomBytes } from 'node:crypto';
import { createDocuments } from '../../src/actors/document/documents.ts';
import { createRemoteDocuments } from '../../src/actors/document/remote.ts';
import { createDocumentRouter, type DocumentRouter } from '../../src/actors/document/router.ts';
import { createTrialPool } from '../../src/actors/document/update/trial.ts';
import { createCopies } from '../../src/actors/document/writes/copies.ts';
import { createNodeSupervisor } from '../../src/actors/supervision/node-supervisor.ts';
import { DEFAULT_RESTART_POLICY } from '../../src/actors/supervision/supervisor.ts';
import { createLocalCluster } from '../../src/cluster/local.ts';
import type { Drafts } from '../../src/ports/drafts.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { DraftContents } from '../../src/publishing/publisher.ts';
import { createJournal } from '../../src/storage/postgres/journal/index.ts';
import { actorHarness } from './actors.ts';
import { silentLog } from './silent-log.ts';

/** The port, as a node makes it. */
export const draftsOver = (router: DocumentRouter, journal: Pick<Journal, 'stateAt'>): Drafts & DraftContents => ({
  edit: (documentId, { author, update }) => router.editAnywhere(documentId, { connection: undefined, author, update }),
  write: router.write,
  read: router.read,
  stateAt: (documentId, seq) => journal.stateAt(documentId, seq),
});

/** The database must have its tables. */
export function startDrafts(databaseUrl: string): Drafts & DraftContents & { close(): Promise<void> } {
  const nodeId = `test-${randomBytes(3).toString('hex')}`;
  const log = silentLog;
  const clock = { now: Date.now };
  const journal = createJournal({
    databaseUrl,
    nodeId,
    log,
    statementTimeoutMs: 10_000,
    random: Math.random,
    maxWindowMs: 1,
    maxBatchEntries: 1_000,
    maxBatchBytes: 8_388_608,
    onBatch: () => undefined,
  });
  const cluster = createLocalCluster({ nodeId, log });
  const supervisor = createNodeSupervisor();
  const trial = createTrialPool({ size: 1, timeMs: 10_000, memoryMb: 256, log });
  const copies = createCopies({
    threads: 1,
    queued: 64,
    queuedOfOwner: 64,
    cpuMs: 60_000,
    waitMs: 60_000,
    memoryMb: 512,
    partMs: 10_000,
    log,
  });
  const { limits, metrics } = actorHarness().ports;
  const documents = createDocuments(
    {
      nodeId,
      journal,
      broadcast: { edits: () => undefined, reopen: () => undefined },
      trial,
      copies,
      limits,
      metrics,
      committed: () => undefined,
      clock,
      log,
    },
    supervisor,
    DEFAULT_RESTART_POLICY,
  );
  const remote = createRemoteDocuments(cluster, 5_000);
  const router = createDocumentRouter({ documents, remote, cluster, directory: journal, log, settleMs: 25 });
  return {
    ...draftsOver(router, journal),
    async close() {
      router.stop();
      documents.beginDrain();
      await documents.drain();
      supervisor.stop();
      await Promise.all([trial.close(), copies.close(), cluster.close(), journal.close(1_000)]);
    },
  };
}
