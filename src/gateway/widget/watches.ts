/**
 * The public documents that are followed on this node, by name. Knows no sockets and no HTTP; reads public pages alone (I6).
 *
 * I7: a follower joins at the position of the watch, in the same turn in which it is given what it missed: what comes after
 * reaches it as to all others. I9: the number of documents is bounded, and one that nobody follows is let go.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import { every } from '../../every.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Logger } from '../../ports/logger.ts';
import { type DocumentNotice, documentChannel } from '../../ports/notices.ts';
import type { PublicEntry } from '../../public/entry.ts';
import { readUpTo, type Since, sinceIn } from '../since.ts';
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
  /** Milliseconds from one look at all documents to the next, whether or not there was a notice. */
  recheckMs: number;
}

export interface Watches {
  /**
   * Finds the document and lets a follower in by calling `enter`; `leave` has to follow some time. Rejects when the pages
   * cannot be read.
   * @param since what the follower has
   */
  join(
    slug: string,
    since: Since,
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

export function createWatches({ pages, publish, cluster, log, maxDocuments, recheckMs }: WatchesOptions): Watches {
  const watches = new Map<string, Watch>();
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
    // L4: sockets get it in the order of these calls.
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

  /** Lets go of what nobody follows. Of the rest it asks together, past the cache, and looks at what has changed. */
  async function round(): Promise<void> {
    for (const [slug, watch] of watches) {
      if (watch.holders > 0) continue;
      watches.delete(slug);
      watch.stop();
    }
    const asked = [...watches.values()];
    if (asked.length === 0) return;
    const states = await pages.states(asked.map(({ slug }) => slug));
    for (const watch of asked) {
      const { slug, documentId, position } = watch;
      const state = states.get(slug);
      if (watch.ended || (state?.documentId === documentId && state.revision <= position)) continue;
      pages.invalidate({ documentId, kind: 'changed', slug });
      void watch.look();
    }
  }

  const rounds = every(recheckMs, 'followed public documents', log, round);
  const offReconnected = cluster.onReconnected(() => void rounds.now());

  return {
    async join(slug, since, enter) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const entry = await (tries === 0 ? readUpTo(since, () => pages.page(slug), documentOf) : pages.page(slug));
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
        const missed = await watch.missedSince(entry, sinceIn(since, entry.document));
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
      void rounds.stop();
      offReconnected();
      for (const watch of watches.values()) {
        watch.stop();
        for (const listener of watch.listeners) listener.ended(false);
      }
      watches.clear();
    },
  };
}
