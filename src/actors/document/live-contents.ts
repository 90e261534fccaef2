/**
 * Reads drafts for readers of live documents (`ports/live-contents.ts`). The owner has the text at hand, for all nodes; while it
 * does not answer, is gone, or there is none, the text is read from the journal (`journal-texts.ts`).
 *
 * I3: both give what is committed. I2: a deposed owner may be behind: what is older than the position that was asked for is not
 * taken. I9: one call to the owner at a time for each document, shared by all who ask meanwhile; an owner that hangs is waited for
 * once.
 */
import { failure } from '../../../schemas/errors.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { LiveContents } from '../../ports/live-contents.ts';
import type { Documents } from './documents.ts';
import { createJournalTexts, type JournalText, type JournalTextsOptions } from './journal-texts.ts';
import type { ReadAnswer } from './ports.ts';
import type { RemoteDocuments } from './remote.ts';

export interface LiveContentsOptions extends JournalTextsOptions {
  documents: Pick<Documents, 'has' | 'deliver'>;
  remote: Pick<RemoteDocuments, 'read'>;
  cluster: Pick<Cluster, 'nodeId' | 'liveness'>;
  /** Milliseconds that the owner may take to answer. */
  ownerMs: number;
  log: Logger;
}

export function createLiveContents(options: LiveContentsOptions): LiveContents {
  const { documents, remote, cluster, ownerMs, log } = options;
  const journal = createJournalTexts(options);
  /** Answers of owners that have not come yet, by document: a failure from when one took too long. */
  const calls = new Map<string, Promise<ReadAnswer | undefined>>();

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

  function callOwner(documentId: string, ownerNode: string | null): Promise<ReadAnswer | undefined> | undefined {
    const present = calls.get(documentId);
    if (present) return present;
    const asked = askOwner(documentId, ownerNode);
    if (!asked) return undefined;
    const answer = withDeadline(asked, ownerMs, () => failure('unavailable'));
    calls.set(documentId, answer);
    const forget = () => calls.delete(documentId);
    asked.then(forget, forget);
    return answer;
  }

  async function fromOwner(
    documentId: string,
    { seq, ownerNode }: Parameters<LiveContents['read']>[1],
  ): Promise<JournalText | undefined> {
    const isShared = calls.has(documentId);
    const answer = await callOwner(documentId, ownerNode);
    // A call that was on its way before may have read the draft before that position was there.
    const isBehind = isShared && answer?.ok && answer.seq < seq;
    const present = isBehind ? await callOwner(documentId, ownerNode) : answer;
    return present?.ok && 'content' in present && present.seq >= seq ? present : undefined;
  }

  return {
    async read(documentId, from) {
      try {
        const present = await fromOwner(documentId, from);
        if (present) return present;
      } catch (err) {
        log.warn({ documentId, err }, 'could not read a live document from its owner');
      }
      try {
        return await journal.read(documentId, from.seq);
      } catch (err) {
        log.warn({ documentId, err }, 'could not read a live document from the journal');
        return undefined;
      }
    },

    async sectionStarts(documentId, seq, logged) {
      try {
        return await journal.sectionStarts(documentId, seq, logged);
      } catch (err) {
        log.warn({ documentId, err }, 'could not read when sections were begun');
        return undefined;
      }
    },
  };
}
