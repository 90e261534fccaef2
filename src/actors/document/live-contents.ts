/**
 * Reads drafts for readers of live documents (`ports/live-contents.ts`). The owner has the text at hand, for all nodes; while it
 * does not answer, is gone, or there is none, the text is read from the journal.
 *
 * I3: both give what is committed. I2: a deposed owner may be behind: what is older than the position that was asked for is not
 * taken. I9: one call to the owner at a time for each document; what is read from the journal is read in a thread.
 */
import { failure } from '../../../schemas/errors.ts';
import type { DraftContent } from '../../content/model/types.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { LiveContents } from '../../ports/live-contents.ts';
import type { PublicDrafts, PublicUpdate } from '../../ports/public-reads.ts';
import type { Documents } from './documents.ts';
import type { ReadAnswer } from './ports.ts';
import type { RemoteDocuments } from './remote.ts';
import type { Copies } from './writes/copies.ts';

export interface LiveContentsOptions {
  documents: Pick<Documents, 'has' | 'deliver'>;
  remote: Pick<RemoteDocuments, 'read'>;
  cluster: Pick<Cluster, 'nodeId' | 'liveness'>;
  /** With the rights of those who read. */
  stateAt: PublicDrafts['stateAt'];
  copies: Pick<Copies, 'read' | 'sectionStarts'>;
  /** Milliseconds that the owner may take to answer. */
  ownerMs: number;
  log: Logger;
}

/** Whose work it is, as `Copies` count it: all readers share a turn. */
const READERS = 'readers';

export function createLiveContents(options: LiveContentsOptions): LiveContents {
  const { documents, remote, cluster, stateAt, copies, ownerMs, log } = options;
  /** Documents whose owner has not answered yet. */
  const asked = new Set<string>();

  /** Undefined: no node has it in memory, as far as this one knows. */
  function askOwner(documentId: string, ownerNode: string | null): Promise<ReadAnswer | undefined> | undefined {
    if (documents.has(documentId)) {
      return new Promise((reply) => documents.deliver(documentId, { kind: 'read', want: 'content', reply }));
    }
    if (ownerNode === null || ownerNode === cluster.nodeId || cluster.liveness(ownerNode) === 'dead') return undefined;
    return remote
      .read(ownerNode, documentId, 'content')
      .then((result) => (result.ok && result.value !== 'not-owner' ? result.value : undefined));
  }

  async function fromOwner(documentId: string, ownerNode: string | null): Promise<ReadAnswer | undefined> {
    const answer = asked.has(documentId) ? undefined : askOwner(documentId, ownerNode);
    if (!answer) return undefined;
    asked.add(documentId);
    const settled = answer.finally(() => asked.delete(documentId));
    return withDeadline(settled, ownerMs, () => failure('unavailable'));
  }

  async function fromJournal(documentId: string, seq: number): Promise<DraftContent | undefined> {
    const updates = await stateAt(documentId, seq);
    const read = updates && (await copies.read(READERS, updates));
    return read?.ok ? read.content : undefined;
  }

  return {
    async read(documentId, { seq, ownerNode }) {
      try {
        const answer = await fromOwner(documentId, ownerNode);
        if (answer?.ok && 'content' in answer && answer.seq >= seq) return answer;
      } catch (err) {
        log.warn({ documentId, err }, 'could not read a live document from its owner');
      }
      try {
        const content = await fromJournal(documentId, seq);
        return content && { seq, content };
      } catch (err) {
        log.warn({ documentId, err }, 'could not read a live document from the journal');
        return undefined;
      }
    },

    async sectionStarts(documentId, seq, logged) {
      try {
        const updates = await stateAt(documentId, seq);
        const read = updates && (await copies.sectionStarts(READERS, { updates, log: logOf(logged) }));
        return read?.ok ? read.starts : undefined;
      } catch (err) {
        log.warn({ documentId, err }, 'could not read when sections were begun');
        return undefined;
      }
    },
  };
}

/** One behind the other: many small arrays take long to send to a thread. */
function logOf(updates: readonly PublicUpdate[]) {
  const ends: number[] = [];
  let length = 0;
  for (const { update } of updates) {
    length += update.byteLength;
    ends.push(length);
  }
  const bytes = new Uint8Array(length);
  for (const [index, { update }] of updates.entries()) bytes.set(update, ends[index - 1] ?? 0);
  return { bytes, ends, at: updates.map(({ at }) => at) };
}
