/** Documents and users of a node: their supervisor, the documents that it owns, and the way to those of other nodes. */
import { createDocuments, type Documents } from '../actors/document/documents.ts';
import { createLiveContents } from '../actors/document/live-contents.ts';
import {
  createBroadcast,
  createRemoteDocuments,
  type RemoteDocuments,
  serveRemoteDocuments,
} from '../actors/document/remote.ts';
import { createDocumentRouter, type DocumentRouter } from '../actors/document/router.ts';
import { createTrialPool } from '../actors/document/update/trial.ts';
import { createCopies } from '../actors/document/writes/copies.ts';
import { createNodeSupervisor } from '../actors/supervision/node-supervisor.ts';
import { DEFAULT_RESTART_POLICY } from '../actors/supervision/supervisor.ts';
import { createUsers, type Users } from '../actors/user/users.ts';
import type { Audience } from '../gateway/authors/sync.ts';
import { createRelay, type Relay } from '../lib/relay.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Journal } from '../ports/journal.ts';
import type { LiveContents } from '../ports/live-contents.ts';
import type { PublicDrafts } from '../ports/public-reads.ts';
import type { Accounts } from './accounts.ts';
import type { NodeChanges } from './changes.ts';
import type { NodeContext } from './context.ts';
import {
  CALL_DEADLINE_MS,
  COPIES,
  documentLimits,
  JOURNAL_TEXTS,
  READERS_OWNER_MS,
  SETTLE_MS,
  TRIAL,
  USER_LINGER_MS,
} from './settings.ts';

export interface Actors {
  documents: Documents;
  remote: RemoteDocuments;
  router: DocumentRouter;
  users: Users;
  /** Texts for readers of live documents. @param stateAt reads the journal with their rights */
  liveContents(stateAt: PublicDrafts['stateAt']): LiveContents;
  /** Called when a document that this node owns has committed edits. */
  committed: Relay<[documentId: string]>;
  /** Called with what owners broadcast to those who have their documents open here. */
  edits: Relay<Parameters<Audience['edits']>>;
  reopen: Relay<Parameters<Audience['reopen']>>;
}

export interface ActorsPorts {
  journal: Journal;
  cluster: Cluster;
  changes: NodeChanges;
  accounts: Accounts;
}

export function startActors(
  { config, log, clock, metrics, parts }: NodeContext,
  { journal, cluster, changes, accounts }: ActorsPorts,
): Actors {
  const supervisor = createNodeSupervisor();
  parts.add('actors', () => supervisor.stop());
  const trial = createTrialPool({ ...TRIAL, log });
  parts.add('update trials', () => trial.close());
  const copies = createCopies({ ...COPIES, log });
  parts.add('copies of drafts', () => copies.close());
  const relays: Pick<Actors, 'committed' | 'edits' | 'reopen'> = {
    committed: createRelay(),
    edits: createRelay(),
    reopen: createRelay(),
  };
  const documents = createDocuments(
    {
      nodeId: config.nodeId,
      journal,
      broadcast: createBroadcast(cluster, relays),
      trial,
      copies,
      committed: relays.committed,
      limits: documentLimits(config),
      metrics: metrics.documents,
      clock,
      log,
    },
    supervisor,
    DEFAULT_RESTART_POLICY,
  );
  serveRemoteDocuments(cluster, documents);
  const remote = createRemoteDocuments(cluster, CALL_DEADLINE_MS);
  const router = createDocumentRouter({ documents, remote, cluster, directory: journal, log, settleMs: SETTLE_MS });
  const users = createUsers({
    node: supervisor,
    cluster,
    access: accounts.access,
    changes: changes.feed,
    onSessionRevoked: accounts.credentials.forget,
    policy: DEFAULT_RESTART_POLICY,
    clock,
    log,
    limits: {
      maxSocketsPerUser: config.maxSocketsPerUser,
      userLingerMs: USER_LINGER_MS,
      expiryMs: changes.pollMs,
    },
  });
  parts.add('users', () => users.close());
  const liveContents: Actors['liveContents'] = (stateAt) =>
    createLiveContents({
      documents,
      remote,
      cluster,
      stateAt,
      copies,
      ...JOURNAL_TEXTS,
      ownerMs: READERS_OWNER_MS,
      log,
    });
  return { documents, remote, router, users, liveContents, ...relays };
}
