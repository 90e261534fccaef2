/**
 * The drafts of live documents that are followed on this node, for the channels of viewers and of widgets: passes what owners
 * broadcast to them. Does not know who may read them.
 */
import type { DocumentRouter } from '../../../actors/document/router.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { DraftDisplayPorts } from '../../../published/draft-display.ts';
import type { Audience } from '../../authors/sync.ts';
import { LiveDraft } from './live-draft.ts';

export interface LiveDraftsOptions {
  cluster: Cluster;
  router: DocumentRouter;
  random: Random;
  log: Logger;
  /** On a node at a time. // I9: */
  maxDrafts: number;
}

export interface LiveDrafts extends Audience {
  /** @param paceMs least time between two changes that are sent, milliseconds */
  opener(paceMs: number): DraftDisplayPorts['open'];
  /** No more are opened: this node drains. */
  stop(): void;
}

export function createLiveDrafts({ cluster, router, random, log, maxDrafts }: LiveDraftsOptions): LiveDrafts {
  /** Of a document: one for each channel that shows it. */
  const drafts = new Map<string, Set<LiveDraft>>();
  let count = 0;
  let stopped = false;

  const opener: LiveDrafts['opener'] =
    (paceMs) =>
    (documentId, { untitled, changed, failed }) => {
      if (stopped || count >= maxDrafts) return undefined;
      const ofDocument = drafts.get(documentId) ?? new Set();
      const draft = new LiveDraft(documentId, {
        cluster,
        router,
        random,
        log,
        paceMs,
        untitled,
        changed,
        failed,
        closed() {
          count -= 1;
          ofDocument.delete(draft);
          if (ofDocument.size === 0 && drafts.get(documentId) === ofDocument) drafts.delete(documentId);
        },
      });
      count += 1;
      drafts.set(documentId, ofDocument.add(draft));
      return draft;
    };
  const subscriptionsOf = (documentId: string) =>
    [...(drafts.get(documentId) ?? [])].map((draft) => draft.subscription);

  return {
    opener,
    edits(message) {
      for (const subscription of subscriptionsOf(message.doc)) subscription.edits(message, undefined);
    },
    reopen(documentId) {
      for (const subscription of subscriptionsOf(documentId)) subscription.moved();
    },
    head(documentId, _epoch, seq) {
      for (const subscription of subscriptionsOf(documentId)) subscription.headSeen(seq);
    },
    *openElsewhere() {
      for (const { documentId, subscription } of [...drafts.values()].flatMap((some) => [...some])) {
        const owner = subscription.ownerElsewhere;
        if (owner !== undefined) yield [documentId, owner];
      }
    },
    stop() {
      stopped = true;
    },
  };
}
