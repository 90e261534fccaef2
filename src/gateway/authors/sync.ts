/**
 * Watches the documents that are shown here and held elsewhere. Pub/sub may drop a message and say nothing, and an owner
 * may die: now and then each owner is asked for its positions, and its sign of life is looked at more often. // I7:
 */

import type { Edits, ReopenReason } from '../../../schemas/realtime.ts';
import type { RemoteDocuments } from '../../actors/document/remote.ts';
import type { Logger } from '../../lib/logger.ts';
import { periodic } from '../../lib/periodic.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** Those on this node who have documents open, as the owners' news reach them. */
export interface Audience {
  edits(message: Edits, except: string | undefined): void;
  reopen(documentId: string, reason: ReopenReason): void;
  head(documentId: string, epoch: number, seq: number): void;
  /** Documents open here and held elsewhere: [document, owner]. */
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
  /** Milliseconds between looks at positions, and between looks at signs of life. */
  syncMs: number;
  livenessMs: number;
  log: Logger;
}

/** @returns stop */
export function startSync(options: SyncOptions): () => void {
  const { cluster, remote, audience } = options;
  const told = new Map<string, string>();
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
      if (told.get(documentId) === mark) continue;
      told.set(documentId, mark);
      audience.head(documentId, epoch, seq);
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
