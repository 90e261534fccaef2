/**
 * The drafts of live documents that are followed on this node, for the channels of viewers and of widgets: passes what owners
 * broadcast to them. Does not know who may read them.
 *
 * I9: channels of one document share a draft, whatever name of the document each has, and the drafts of one user's documents are
 * bounded as well as all together. Those of a door in public and in private do not share one: what only some may read stays apart
 * (I6).
 */
import type { DocumentRouter } from '../../../actors/document/router.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { OpenDraftOf } from '../../../published/draft-display.ts';
import type { Audience } from '../../authors/sync.ts';
import { LiveDraft } from './live-draft.ts';

export interface LiveDraftsOptions {
  cluster: Cluster;
  router: DocumentRouter;
  random: Random;
  log: Logger;
  /** On a node at a time. // I9: */
  maxDrafts: number;
  /** Of these, of the documents of one owner. */
  maxDraftsOfOwner: number;
}

export interface LiveDrafts extends Audience {
  /**
   * Of one door.
   * @param paceMs least time between two changes that are sent, milliseconds
   */
  opener(paceMs: number): OpenDraftOf;
  /** No more are opened: this node drains. */
  stop(): void;
}

export function createLiveDrafts(options: LiveDraftsOptions): LiveDrafts {
  const { maxDrafts, maxDraftsOfOwner, ...ports } = options;
  /** Of a document: one for each door, in public and in private. */
  const drafts = new Map<string, Set<LiveDraft>>();
  /** By the owner's handle when they were opened. */
  const ofOwners = new Map<string, number>();
  let count = 0;
  let stopped = false;

  /** @param closed is called once, when its last channel has closed it or it has failed */
  function open(documentId: string, owner: string, paceMs: number, closed: () => void): LiveDraft | undefined {
    const ofOwner = ofOwners.get(owner) ?? 0;
    if (count >= maxDrafts || ofOwner >= maxDraftsOfOwner) return undefined;
    const ofDocument = drafts.get(documentId) ?? new Set();
    const draft = new LiveDraft(documentId, {
      ...ports,
      paceMs,
      closed() {
        count -= 1;
        const left = (ofOwners.get(owner) ?? 0) - 1;
        if (left > 0) ofOwners.set(owner, left);
        else ofOwners.delete(owner);
        ofDocument.delete(draft);
        if (ofDocument.size === 0 && drafts.get(documentId) === ofDocument) drafts.delete(documentId);
        closed();
      },
    });
    count += 1;
    ofOwners.set(owner, ofOwner + 1);
    drafts.set(documentId, ofDocument.add(draft));
    return draft;
  }

  const opener: LiveDrafts['opener'] = (paceMs) => {
    const ofDoor = new Map<string, LiveDraft>();
    return ({ documentId, owner, isPrivate }, events) => {
      if (stopped) return undefined;
      const key = `${isPrivate ? 'private' : 'public'} ${documentId}`;
      const present = ofDoor.get(key);
      if (present) return present.add(events);
      const draft = open(documentId, owner, paceMs, () => ofDoor.delete(key));
      if (!draft) return undefined;
      ofDoor.set(key, draft);
      return draft.add(events);
    };
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
