/**
 * Watches the documents that are shown here and held elsewhere. Pub/sub may drop a message and say nothing, and an owner
 * may die: now and then each owner is asked for its positions, and its sign of life is looked at more often. // I7:
 */

import type { ReopenReason } from '../../../schemas/realtime.ts';
import type { RemoteDocuments } from '../../actors/document/remote.ts';
import type { Cluster } from '../../ports/cluster.ts';

export interface SyncOptions {
  cluster: Cluster;
  remote: Pick<RemoteDocuments, 'sync'>;
  /** Documents open here and held elsewhere: document -> owner. */
  elsewhere: () => Map<string, string>;
  reopen: (documentId: string, reason: ReopenReason) => void;
  head: (documentId: string, epoch: number, seq: number) => void;
  /** Milliseconds between looks at positions, and between looks at signs of life. */
  syncMs: number;
  livenessMs: number;
}

/** @returns stop */
export function startSync(options: SyncOptions): () => void {
  const { cluster, remote, elsewhere, reopen, head } = options;
  const told = new Map<string, string>();
  let syncing = false;

  function byOwner(): Map<string, string[]> {
    const owners = new Map<string, string[]>();
    for (const [documentId, owner] of elsewhere()) {
      const documents = owners.get(owner) ?? [];
      documents.push(documentId);
      owners.set(owner, documents);
    }
    return owners;
  }

  async function syncOwner(owner: string, documentIds: readonly string[]): Promise<void> {
    const result = await remote.sync(owner, documentIds);
    if (!result.ok) {
      if (result.reason === 'dead') for (const documentId of documentIds) reopen(documentId, 'unreachable');
      return;
    }
    for (const [index, documentId] of documentIds.entries()) {
      const position = result.heads[index];
      if (!position) {
        reopen(documentId, 'moved');
        continue;
      }
      const { epoch, seq } = position;
      const mark = `${epoch}:${seq}`;
      if (told.get(documentId) === mark) continue;
      told.set(documentId, mark);
      head(documentId, epoch, seq);
    }
  }

  async function syncAll(): Promise<void> {
    if (syncing || !cluster.connected()) return;
    syncing = true;
    try {
      const owners = byOwner();
      const open = new Set([...owners.values()].flat());
      for (const documentId of told.keys()) if (!open.has(documentId)) told.delete(documentId);
      await Promise.all([...owners].map(([owner, documentIds]) => syncOwner(owner, documentIds)));
    } finally {
      syncing = false;
    }
  }

  const positions = setInterval(() => void syncAll(), options.syncMs);
  const signsOfLife = setInterval(() => {
    for (const [owner, documentIds] of byOwner()) {
      if (cluster.liveness(owner) !== 'dead') continue;
      for (const documentId of documentIds) reopen(documentId, 'unreachable');
    }
  }, options.livenessMs);
  return () => {
    clearInterval(positions);
    clearInterval(signsOfLife);
  };
}
