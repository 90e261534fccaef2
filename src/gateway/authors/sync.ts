/**
 * Keeps documents that are open here and owned by other nodes in sync. Pub/sub may drop a message silently, and an owner may die:
 * positions are requested from each owner periodically, and its liveness is checked more often. // I7:
 */
import type { Edits, ReopenReason } from '../../../schemas/realtime.ts';
import type { RemoteDocuments } from '../../actors/document/remote.ts';
import type { Logger } from '../../lib/logger.ts';
import { periodic } from '../../lib/periodic.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** The clients of this node with open documents: receive the messages of the documents' owners. */
export interface Audience {
  edits(message: Edits, except: string | undefined): void;
  reopen(documentId: string, reason: ReopenReason): void;
  head(documentId: string, epoch: number, seq: number): void;
  /** Documents that are open here and owned by another node: [document, owner]. */
  openElsewhere(): Iterable<[string, string]>;
}

/** Several audiences as one. */
export function together(audiences: readonly Audience[]): Audience {
  return {
    edits(message, except) {
      for (const audience of audiences) audience.edits(message, except);
    },
    reopen(documentId, reason) {
      for (const audience of audiences) audience.reopen(documentId, reason);
    },
    head(documentId, epoch, seq) {
      for (const audience of audiences) audience.head(documentId, epoch, seq);
    },
    *openElsewhere() {
      for (const audience of audiences) yield* audience.openElsewhere();
    },
  };
}

export interface SyncOptions {
  cluster: Cluster;
  remote: Pick<RemoteDocuments, 'sync'>;
  audience: Audience;
  /** Milliseconds between requests for positions, and between checks of liveness. */
  syncMs: number;
  livenessMs: number;
  log: Logger;
}

/** @returns stop */
export function startSync(options: SyncOptions): () => void {
  const { cluster, remote, audience } = options;
  const sentHeads = new Map<string, string>();
  let syncing = false;

  function byOwner(): Map<string, string[]> {
    const owners = new Map<string, Set<string>>();
    for (const [documentId, owner] of audience.openElsewhere()) {
      const documents = owners.get(owner) ?? new Set();
      documents.add(documentId);
      owners.set(owner, documents);
    }
    return new Map([...owners].map(([owner, documents]) => [owner, [...documents]]));
  }

  async function syncOwner(owner: string, documentIds: readonly string[]): Promise<void> {
    const result = await remote.sync(owner, documentIds);
    if (!result.ok) {
      if (result.reason === 'dead') for (const documentId of documentIds) audience.reopen(documentId, 'unreachable');
      return;
    }
    for (const [index, documentId] of documentIds.entries()) {
      const position = result.heads[index];
      if (!position) {
        audience.reopen(documentId, 'moved');
        continue;
      }
      const { epoch, seq } = position;
      const mark = `${epoch}:${seq}`;
      if (sentHeads.get(documentId) === mark) continue;
      sentHeads.set(documentId, mark);
      audience.head(documentId, epoch, seq);
    }
  }

  async function syncAll(): Promise<void> {
    if (syncing || !cluster.connected()) return;
    syncing = true;
    try {
      const owners = byOwner();
      const open = new Set([...owners.values()].flat());
      for (const documentId of sentHeads.keys()) if (!open.has(documentId)) sentHeads.delete(documentId);
      await Promise.all([...owners].map(([owner, documentIds]) => syncOwner(owner, documentIds)));
    } finally {
      syncing = false;
    }
  }

  const positions = periodic(options.syncMs, 'positions of documents elsewhere', options.log, syncAll);
  const signsOfLife = periodic(options.livenessMs, 'signs of life of owners', options.log, async () => {
    for (const [owner, documentIds] of byOwner()) {
      if (cluster.liveness(owner) !== 'dead') continue;
      for (const documentId of documentIds) audience.reopen(documentId, 'unreachable');
    }
  });
  return () => {
    void positions.stop();
    void signsOfLife.stop();
  };
}
