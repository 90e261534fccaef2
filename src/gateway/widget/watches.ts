/**
 * The public documents that are followed on this node, by name. Knows no sockets and no HTTP; reads public pages alone (I6).
 *
 * I7: a follower joins at the position of the watch, in the same turn in which it is given what it missed: what comes after
 * reaches it as to all others. I9: the number of documents is bounded, and one that nobody follows is let go.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ChangeFeed, Changes } from '../../ports/changes.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { type DocumentNotice, documentChannel } from '../../ports/notices.ts';
import type { PublicEntry } from '../../published/entry.ts';
import { type ReaderPosition, readAtLeast, resumeAfter } from '../../published/reader-position.ts';
import { goneOf, type PublicPages, type Told } from './told.ts';
import { Watch } from './watch.ts';

export interface WatchesOptions {
  pages: PublicPages;
  /** To all sockets that subscribe to the topic. */
  publish(topic: string, json: string): void;
  cluster: Pick<Cluster, 'subscribe' | 'onReconnected'>;
  log: Logger;
  /** Documents followed on this node at a time. */
  maxDocuments: number;
  changes: Pick<ChangeFeed, 'subscribe'>;
}

export interface Watches {
  /**
   * Finds the document and lets a follower in by calling `enter`; `leave` has to follow some time. Rejects when the pages
   * cannot be read.
   * @param since what the follower has
   */
  join(
    slug: string,
    since: ReaderPosition,
    enter: (watch: Watch, missed: readonly Told[]) => void,
  ): Promise<{ ok: true } | Failure>;
  /** The follower has gone. */
  leave(watch: Watch): void;
  /** Documents followed. */
  count(): number;
  /** No further looks; streams end. */
  close(): void;
}

/** A document that changes faster than a follower can read what it missed. */
const MAX_TRIES = 8;

const documentOf = ({ document }: PublicEntry) => document;

export function createWatches({ pages, publish, cluster, log, maxDocuments, changes }: WatchesOptions): Watches {
  const watches = new Map<string, Watch>();
  /** Those that were not as they are shown when they were compared last. */
  let differing = new Set<Watch>();
  let made = 0;
  let closed = false;

  function open(document: ConstructorParameters<typeof Watch>[0]): Watch {
    made += 1;
    const watch = new Watch(document, `w:${made}`, {
      pages,
      log,
      onEnd(ended) {
        if (watches.get(ended.slug) === ended) watches.delete(ended.slug);
      },
    });
    // LISTENER4: sockets get it in the order of these calls.
    watch.listeners.add({
      told: ({ json }) => publish(watch.topic, json),
      ended: (gone) => gone && publish(watch.topic, goneOf(watch.slug)),
    });
    watches.set(watch.slug, watch);
    watch.leave = cluster.subscribe(
      documentChannel(watch.documentId),
      (notice) => watch.noticed(notice as DocumentNotice),
      // What was published before the notices came in.
      () => void watch.look(),
    );
    return watch;
  }

  /** Asks for all of them together, past the cache, and looks at what has changed. */
  async function recheck(asked: readonly Watch[]): Promise<void> {
    if (asked.length === 0) return;
    const states = await pages.states(asked.map(({ slug }) => slug));
    for (const watch of asked) {
      const { slug, documentId, position } = watch;
      const state = states.get(slug);
      if (watch.ended || (state?.documentId === documentId && state.revision <= position)) continue;
      pages.invalidate({ documentId, kind: 'changed', slug });
      void watch.look();
      differing.add(watch);
    }
  }

  /** Lets go of what nobody follows, and compares what changed of the rest. */
  async function onChanges({ everything, documents }: Changes): Promise<void> {
    for (const [slug, watch] of watches) {
      if (watch.holders > 0) continue;
      watches.delete(slug);
      watch.stop();
    }
    const before = differing;
    differing = new Set();
    if (!everything && documents.size === 0 && before.size === 0) return;
    await recheck(
      [...watches.values()].filter((watch) => everything || documents.has(watch.documentId) || before.has(watch)),
    );
  }

  const offChanges = changes.subscribe(onChanges);
  const offReconnected = cluster.onReconnected(() => {
    const asked = [...watches.values()];
    recheck(asked).catch((error: unknown) => {
      log.warn({ err: error }, 'followed public documents could not be compared');
      for (const watch of asked) differing.add(watch);
    });
  });

  return {
    async join(slug, since, enter) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const entry = await (tries === 0 ? readAtLeast(since, () => pages.page(slug), documentOf) : pages.page(slug));
        if (closed) break;
        let watch = watches.get(slug);
        // Not by the name alone: it may be another document's by now.
        if (watch && watch.documentId !== entry?.document.documentId) {
          watch.end();
          watch = undefined;
        }
        // An entry is asked for by its name; under another it would be followed by nobody's notices.
        if (entry?.document.slug !== slug) return failure('forbidden');
        if (!watch) {
          if (watches.size >= maxDocuments) return failure('overloaded');
          watch = open(entry.document);
        }
        if (watch.position < entry.document.revision) await watch.look();
        const missed = await watch.missedSince(entry, resumeAfter(since, entry.document));
        if (watch.ended || watch.position !== entry.document.revision) continue;
        watch.holders += 1;
        enter(watch, missed);
        return { ok: true };
      }
      return failure('unavailable');
    },
    leave(watch) {
      watch.holders -= 1;
    },
    count: () => watches.size,
    close() {
      closed = true;
      offChanges();
      offReconnected();
      for (const watch of watches.values()) {
        watch.stop();
        for (const listener of watch.listeners) listener.ended(false);
      }
      watches.clear();
    },
  };
}
