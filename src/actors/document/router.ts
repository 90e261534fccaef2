/**
 * Routes a request for a document to the actor on this node, or to the node that owns the document. Claims documents that
 * no node owns and those of dead nodes. // I2: a claim is always safe, the epoch fences the loser; liveness only decides
 * when it is polite. While the cluster link is away nothing is claimed from another node on a guess.
 *
 * A request without a clear answer is repeated only where the document moved to. Reads and updates may be carried out
 * twice; a write may not, and is recognised by its id, see writer.ts.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { DraftContent } from '../../content/model/types.ts';
import type { Logger } from '../../lib/logger.ts';
import type { CallResult, Cluster } from '../../ports/cluster.ts';
import type { DraftHead } from '../../ports/journal.ts';
import type { Documents } from './documents.ts';
import type {
  DocumentPorts,
  DraftWrite,
  EditAnswer,
  EditRequest,
  OpenAnswer,
  OpenRequest,
  Participant,
  ReadAnswer,
  ReadKind,
  WriteAnswer,
} from './ports.ts';
import type { RemoteDocuments } from './remote.ts';

export interface RouterOptions {
  documents: Documents;
  remote: RemoteDocuments;
  cluster: Cluster;
  directory: Pick<DocumentPorts['journal'], 'head'>;
  log: Logger;
  /** Delay before a document that changes owners is tried again, milliseconds; grows with each try. */
  settleMs: number;
}

export interface RoutedOpen {
  answer: OpenAnswer | Failure;
  /** The node that answered; undefined for a failure that none did. */
  owner: string | undefined;
}

export interface DocumentRouter {
  open(documentId: string, request: Omit<OpenRequest, 'kind' | 'reply'>): Promise<RoutedOpen>;
  /** An edit by a participant: goes to the owner that answered its open, nowhere else. */
  edit(documentId: string, owner: string, request: Omit<EditRequest, 'kind'>): void;
  /** An edit without an open: finds the owner, claims if need be. */
  editAnywhere(documentId: string, request: Omit<EditRequest, 'kind' | 'reply'>): Promise<EditAnswer>;
  /** Committed content (I3), from the owner; claims if need be. Shared with other readers: must not be changed. */
  read(
    documentId: string,
    want: 'content',
  ): Promise<{ ok: true; epoch: number; seq: number; content: DraftContent } | Failure>;
  read(
    documentId: string,
    want: 'state',
  ): Promise<{ ok: true; epoch: number; seq: number; state: Uint8Array } | Failure>;
  /**
   * A change of content, answered after its commit (I1) and carried out once, even if the owner changes meanwhile. After
   * `unavailable`, and only then, its outcome is unknown: it can be requested again with its `writeId`.
   */
  write(documentId: string, request: DraftWrite): Promise<WriteAnswer>;
  leave(documentId: string, owner: string, participant: Pick<Participant, 'node' | 'connection'>): void;
  /** Refuses new work from now on. */
  stop(): void;
}

/** How often a request is routed again while a document changes owners, before it fails as `unavailable`. */
const MAX_HOPS = 6;
const WRITE_IDS = 2 ** 32;

/**
 * The outcome of a call to the owner: its answer; `moving`, the document is changing owners; or `gone`, the node is dead or
 * does not own the document any more, although the directory says so.
 */
type OwnerAnswer<A> = { kind: 'answer'; answer: A | Failure; owner: string } | { kind: 'moving' } | { kind: 'gone' };

export function createDocumentRouter(options: RouterOptions): DocumentRouter {
  const { documents, remote, cluster, directory, log, settleMs } = options;
  const self = cluster.nodeId;
  let stopped = false;

  const isMoving = (answer: { ok: true } | Failure): boolean =>
    !answer.ok && (answer.error.code === 'reopen' || answer.error.code === 'restarting');

  /** Calls until the document's owner answers. While this node drains, `unavailable` becomes `draining`: another node may know. */
  async function ask<A extends { ok: true }>(
    ...request: Parameters<typeof route<A>>
  ): Promise<{ answer: A | Failure; owner: string | undefined }> {
    const found = await route<A>(...request);
    const lost = stopped && !found.answer.ok && found.answer.error.code === 'unavailable';
    return lost ? { answer: failure('draining'), owner: undefined } : found;
  }

  async function route<A extends { ok: true }>(
    documentId: string,
    here: () => Promise<A | Failure>,
    there: (owner: string, epoch: number) => Promise<OwnerAnswer<A>>,
  ): Promise<{ answer: A | Failure; owner: string | undefined }> {
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      if (hop > 0) await delay(settleMs * hop);
      if (stopped) return { answer: failure('draining'), owner: undefined };
      if (!documents.has(documentId)) {
        let head: DraftHead | undefined;
        try {
          head = await directory.head(documentId);
        } catch (error) {
          log.warn({ documentId, err: error }, 'could not read the directory of owners');
          return { answer: failure('unavailable'), owner: undefined };
        }
        if (!head) return { answer: failure('not_found'), owner: undefined };
        const owner = head.ownerNode;
        if (owner !== null && owner !== self) {
          if (cluster.liveness(owner) !== 'dead') {
            const result = await there(owner, head.epoch);
            if (result.kind === 'answer') return result;
            if (result.kind === 'moving') continue;
          }
          log.info({ documentId, from: owner }, 'claiming the document from its previous owner');
        }
        if (stopped) continue;
        documents.start(documentId, head.epoch);
      }
      const answer = await here();
      if (!isMoving(answer)) return { answer, owner: self };
    }
    return { answer: failure('unavailable'), owner: undefined };
  }

  /** Classifies the result of a call. */
  async function call<A extends { ok: true }>(
    owner: string,
    send: (owner: string) => Promise<CallResult>,
  ): Promise<OwnerAnswer<A>> {
    const result = await send(owner);
    if (result.ok) {
      // It released the document, or never got it: claiming it is safe.
      if (result.value === 'not-owner') return { kind: 'gone' };
      const answer = result.value as A | Failure;
      return isMoving(answer) ? { kind: 'moving' } : { kind: 'answer', answer, owner };
    }
    if (result.reason === 'dead') return { kind: 'gone' };
    if (result.reason === 'timeout' && cluster.liveness(owner) === 'dead') return { kind: 'gone' };
    return { kind: 'answer', answer: failure('unavailable'), owner };
  }

  async function read(documentId: string, want: ReadKind): Promise<ReadAnswer> {
    const { answer } = await ask<Exclude<ReadAnswer, Failure>>(
      documentId,
      () => new Promise((reply) => documents.deliver(documentId, { kind: 'read', want, reply })),
      (owner) => call(owner, (node) => remote.read(node, documentId, want)),
    );
    return answer;
  }

  async function write(documentId: string, request: DraftWrite): Promise<WriteAnswer> {
    const writeId = request.writeId ?? randomInt(WRITE_IDS);
    let attempted = false;
    // An attempt with an unknown outcome gets here again only when its node is fenced or has released the document.
    const attempt = () => {
      const next = { ...request, writeId, repeated: attempted || request.writeId !== undefined };
      attempted = true;
      return next;
    };
    const { answer } = await ask<Exclude<WriteAnswer, Failure>>(
      documentId,
      () => new Promise((reply) => documents.deliver(documentId, { ...attempt(), kind: 'write', reply })),
      (owner, epoch) => call(owner, (node) => remote.write(node, documentId, { ...attempt(), epoch })),
    );
    // This node began to drain in between: the outcome of the last attempt is unknown.
    if (attempted && !answer.ok && answer.error.code === 'draining') return failure('unavailable');
    return answer;
  }

  return {
    read: read as DocumentRouter['read'],
    write,

    open(documentId, request) {
      return ask<OpenAnswer>(
        documentId,
        () => new Promise((reply) => documents.deliver(documentId, { ...request, kind: 'open', reply })),
        (owner) => call<OpenAnswer>(owner, (node) => remote.open(node, documentId, request)),
      );
    },

    edit(documentId, owner, request) {
      if (owner === self) {
        documents.deliver(documentId, { ...request, kind: 'edit' });
        return;
      }
      void remote.edit(owner, documentId, request).then((result) => {
        if (!result.ok) request.reply(failure(result.reason === 'dead' ? 'reopen' : 'unavailable'));
        else request.reply(result.value === 'not-owner' ? failure('reopen') : result.value);
      });
    },

    async editAnywhere(documentId, request) {
      const { answer } = await ask<Exclude<EditAnswer, Failure>>(
        documentId,
        () => new Promise((reply) => documents.deliver(documentId, { ...request, kind: 'edit', reply })),
        (owner) => call(owner, (node) => remote.edit(node, documentId, request)),
      );
      return answer;
    },

    leave(documentId, owner, { connection }) {
      if (owner === self) documents.leave(documentId, self, connection);
      else remote.leave(owner, documentId, connection);
    },

    stop() {
      stopped = true;
    },
  };
}
