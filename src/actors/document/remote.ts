/**
 * Documents across nodes: calls the owner on another node, and serves other nodes' calls for the documents owned here. The
 * messages travel over the cluster port and are trusted: only nodes of this cluster can publish there.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Edits, ReopenReason } from '../../../schemas/realtime.ts';
import type { DraftChange, DraftContent } from '../../content/model/types.ts';
import { Rope } from '../../lib/msgpack/rope.ts';
import type { CallFailure, Cluster } from '../../ports/cluster.ts';
import type { Documents } from './documents.ts';
import type {
  Broadcast,
  DraftWrite,
  EditAnswer,
  EditRequest,
  OpenAnswer,
  OpenRequest,
  ReadAnswer,
  ReadKind,
  WriteAnswer,
  WriteRequest,
} from './ports.ts';
import { fetchPieces, type SentPiece, servePieces } from './remote-pieces.ts';

type Answered<T> = { ok: true; value: T | 'not-owner' } | { ok: false; reason: CallFailure };

interface OpenMessage extends Omit<OpenRequest, 'kind' | 'reply'> {
  documentId: string;
  /** Large updates may be answered as pieces that are fetched; a node of an earlier version does not say so. */
  takesPieces?: boolean;
}
type SentOpen = OpenAnswer & { pieces?: SentPiece[] };
interface EditMessage extends Omit<EditRequest, 'kind' | 'reply'> {
  documentId: string;
}
interface ReadMessage {
  documentId: string;
  want: ReadKind;
}
/** Content travels as JSON text: encoding large objects value by value takes much longer. */
interface WriteMessage
  extends Omit<DraftWrite, 'change' | 'writeId'>,
    Pick<WriteRequest, 'writeId' | 'repeated' | 'epoch'> {
  documentId: string;
  change: string;
}
type SentContent = { ok: true; epoch: number; seq: number; content: string };
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

/** Position of a document; null: that node does not own it. */
export type SyncedHead = { epoch: number; seq: number } | null;

export interface RemoteDocuments {
  open(
    owner: string,
    documentId: string,
    request: Omit<OpenRequest, 'kind' | 'reply'>,
  ): Promise<Answered<OpenAnswer | Failure>>;
  edit(owner: string, documentId: string, request: Omit<EditRequest, 'kind' | 'reply'>): Promise<Answered<EditAnswer>>;
  read(owner: string, documentId: string, want: ReadKind): Promise<Answered<ReadAnswer>>;
  write(
    owner: string,
    documentId: string,
    request: Omit<WriteRequest, 'kind' | 'reply'>,
  ): Promise<Answered<WriteAnswer>>;
  leave(owner: string, documentId: string, connection: string): void;
  /** Renews this node's participants of these documents at the owner, and returns the positions (I7). */
  sync(
    owner: string,
    documentIds: readonly string[],
  ): Promise<{ ok: true; heads: SyncedHead[] } | { ok: false; reason: CallFailure }>;
}

/**
 * Content may take a worker thread seconds of processor time, and much longer on a busy machine. The owner's own limits on
 * processor time and on its queue bound it; a node that dies or sends no heartbeat meanwhile ends the call earlier.
 */
const CONTENT_DEADLINE_MS = 120_000;

export function createRemoteDocuments(cluster: Cluster, callDeadlineMs: number): RemoteDocuments {
  const takePieces = fetchPieces(cluster, callDeadlineMs);
  return {
    async open(owner, documentId, request) {
      const message = { ...request, documentId, takesPieces: true } satisfies OpenMessage;
      const result = await cluster.call(owner, 'document.open', message, callDeadlineMs);
      if (!result.ok) return result;
      const answer = result.value as SentOpen | Failure | 'not-owner';
      if (answer === 'not-owner' || !answer.ok || !answer.pieces) return { ok: true, value: answer };
      const { pieces, ...rest } = answer;
      const update = await takePieces(owner, pieces);
      return { ok: true, value: update ? { ...rest, update } : failure('unavailable') };
    },
    edit: (owner, documentId, { connection, author, update }) =>
      cluster.call(
        owner,
        'document.edit',
        { connection, author, update, documentId } satisfies EditMessage,
        callDeadlineMs,
      ) as Promise<Answered<EditAnswer>>,
    async read(owner, documentId, want) {
      const message = { documentId, want } satisfies ReadMessage;
      const result = await cluster.call(owner, 'document.read', message, CONTENT_DEADLINE_MS);
      if (!result.ok) return result;
      const answer = result.value as SentContent | ReadAnswer | 'not-owner';
      if (answer === 'not-owner' || !answer.ok || !('content' in answer) || typeof answer.content !== 'string') {
        return { ok: true, value: answer as ReadAnswer | 'not-owner' };
      }
      return { ok: true, value: { ...answer, content: JSON.parse(answer.content) as DraftContent } };
    },
    write: (owner, documentId, { change, ...request }) =>
      cluster.call(
        owner,
        'document.write',
        { ...request, documentId, change: JSON.stringify(change) } satisfies WriteMessage,
        CONTENT_DEADLINE_MS,
      ) as Promise<Answered<WriteAnswer>>,
    leave: (owner, documentId, connection) =>
      cluster.post(owner, 'document.leave', { documentId, connection } satisfies LeaveMessage),
    async sync(owner, documentIds) {
      const result = await cluster.call(owner, 'document.sync', documentIds, callDeadlineMs);
      return result.ok ? { ok: true, heads: result.value as SyncedHead[] } : result;
    },
  };
}

/** Serves other nodes' calls. */
export function serveRemoteDocuments(cluster: Cluster, documents: Documents): void {
  const namePieces = servePieces(cluster);
  cluster.handle('document.open', async (value) => {
    const { documentId, takesPieces, ...request } = value as OpenMessage;
    // The first author who opens it at another node takes the document along; until then this node serves it.
    if (!documents.has(documentId) || (await documents.handOver(documentId))) return 'not-owner';
    const answer = await new Promise<OpenAnswer | Failure>((reply) =>
      documents.deliver(documentId, { ...request, kind: 'open', reply }),
    );
    if (!answer.ok) return answer;
    const pieces = takesPieces ? namePieces(answer.update) : undefined;
    if (pieces) return { ...answer, update: new Uint8Array(0), pieces } satisfies SentOpen;
    return answer.update instanceof Rope ? { ...answer, update: answer.update.toBytes() } : answer;
  });
  cluster.handle('document.edit', (value) => {
    const { documentId, ...request } = value as EditMessage;
    if (!documents.has(documentId)) return Promise.resolve('not-owner');
    return new Promise((reply) => documents.deliver(documentId, { ...request, kind: 'edit', reply }));
  });
  cluster.handle('document.read', async (value) => {
    const { documentId, want } = value as ReadMessage;
    if (!documents.has(documentId)) return 'not-owner';
    const answer = await new Promise<ReadAnswer>((reply) =>
      documents.deliver(documentId, { kind: 'read', want, reply }),
    );
    if (!answer.ok || !('content' in answer)) return answer;
    return { ...answer, content: JSON.stringify(answer.content) } satisfies SentContent;
  });
  cluster.handle('document.write', (value) => {
    const { documentId, change, ...request } = value as WriteMessage;
    if (!documents.has(documentId)) return Promise.resolve('not-owner');
    return new Promise((reply) =>
      documents.deliver(documentId, { ...request, change: JSON.parse(change) as DraftChange, kind: 'write', reply }),
    );
  });
  cluster.handle('document.sync', async (value, fromNode) =>
    (value as string[]).map((documentId) => documents.renew(documentId, fromNode) ?? null),
  );
  cluster.onPost('document.leave', (value, fromNode) => {
    const { documentId, connection } = value as LeaveMessage;
    documents.leave(documentId, fromNode, connection);
  });
}

/** Sends to the nodes that have participants; `local` serves those of this node. */
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
