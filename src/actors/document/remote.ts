/**
 * Documents across nodes: asks the owner on another node, and answers other nodes for the documents held here. The
 * messages travel over the cluster port and are trusted: only nodes of this cluster can publish there.
 */
import type { Failure } from '../../../schemas/errors.ts';
import type { Edits, Opened, ReopenReason } from '../../../schemas/realtime.ts';
import type { CallFailure, Cluster } from '../../ports/cluster.ts';
import type { Documents } from './documents.ts';
import type { Broadcast, EditAnswer, EditRequest, OpenRequest } from './ports.ts';

type Answered<T> = { ok: true; value: T | 'not-owner' } | { ok: false; reason: CallFailure };

interface OpenMessage extends Omit<OpenRequest, 'kind' | 'reply'> {
  documentId: string;
}
interface EditMessage extends Omit<EditRequest, 'kind' | 'reply'> {
  documentId: string;
}
interface LeaveMessage {
  documentId: string;
  connection: string;
}
interface EditsMessage {
  message: Edits;
  except: string | undefined;
}
interface ReopenMessage {
  documentId: string;
  reason: ReopenReason;
}

/** Position of a document, or null: not held there. */
export type SyncedHead = { epoch: number; seq: number } | null;

export interface RemoteDocuments {
  open(
    owner: string,
    documentId: string,
    request: Omit<OpenRequest, 'kind' | 'reply'>,
  ): Promise<Answered<Opened | Failure>>;
  edit(owner: string, documentId: string, request: Omit<EditRequest, 'kind' | 'reply'>): Promise<Answered<EditAnswer>>;
  leave(owner: string, documentId: string, connection: string): void;
  /** Tells the owner that this node still shows these documents, and learns their positions (I7). */
  sync(
    owner: string,
    documentIds: readonly string[],
  ): Promise<{ ok: true; heads: SyncedHead[] } | { ok: false; reason: CallFailure }>;
}

export function createRemoteDocuments(cluster: Cluster, callDeadlineMs: number): RemoteDocuments {
  return {
    open: (owner, documentId, request) =>
      cluster.call(owner, 'document.open', { ...request, documentId } satisfies OpenMessage, callDeadlineMs) as Promise<
        Answered<Opened | Failure>
      >,
    edit: (owner, documentId, { connection, author, update }) =>
      cluster.call(
        owner,
        'document.edit',
        { connection, author, update, documentId } satisfies EditMessage,
        callDeadlineMs,
      ) as Promise<Answered<EditAnswer>>,
    leave: (owner, documentId, connection) =>
      cluster.post(owner, 'document.leave', { documentId, connection } satisfies LeaveMessage),
    async sync(owner, documentIds) {
      const result = await cluster.call(owner, 'document.sync', documentIds, callDeadlineMs);
      return result.ok ? { ok: true, heads: result.value as SyncedHead[] } : result;
    },
  };
}

/** Answers the other nodes' calls. */
export function serveRemoteDocuments(cluster: Cluster, documents: Documents): void {
  cluster.handle('document.open', async (value) => {
    const { documentId, ...request } = value as OpenMessage;
    // An author who left a draining node takes the document along; until then it served.
    if (!documents.has(documentId) || (await documents.handOver(documentId))) return 'not-owner';
    return new Promise((reply) => documents.deliver(documentId, { ...request, kind: 'open', reply }));
  });
  cluster.handle('document.edit', (value) => {
    const { documentId, ...request } = value as EditMessage;
    if (!documents.has(documentId)) return Promise.resolve('not-owner');
    return new Promise((reply) => documents.deliver(documentId, { ...request, kind: 'edit', reply }));
  });
  cluster.handle('document.sync', async (value, fromNode) =>
    (value as string[]).map((documentId) => documents.renew(documentId, fromNode) ?? null),
  );
  cluster.onPost('document.leave', (value, fromNode) => {
    const { documentId, connection } = value as LeaveMessage;
    documents.leave(documentId, fromNode, connection);
  });
}

/** Broadcast to the nodes that have participants; `local` serves those of this node. */
export function createBroadcast(
  cluster: Cluster,
  local: {
    edits(message: Edits, except: string | undefined): void;
    reopen(documentId: string, reason: ReopenReason): void;
  },
): Broadcast {
  cluster.onPost('document.edits', (value) => {
    const { message, except } = value as EditsMessage;
    local.edits(message, except);
  });
  cluster.onPost('document.reopen', (value) => {
    const { documentId, reason } = value as ReopenMessage;
    local.reopen(documentId, reason);
  });
  return {
    edits(nodes, message, except) {
      for (const node of nodes) {
        if (node === cluster.nodeId) local.edits(message, except);
        else cluster.post(node, 'document.edits', { message, except } satisfies EditsMessage);
      }
    },
    reopen(nodes, documentId, reason) {
      for (const node of nodes) {
        if (node === cluster.nodeId) local.reopen(documentId, reason);
        else cluster.post(node, 'document.reopen', { documentId, reason } satisfies ReopenMessage);
      }
    },
  };
}
