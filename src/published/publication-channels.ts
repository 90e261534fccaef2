/**
 * The publication channels of one door on this node, by name and by who may read them. Finds the channel for a subscriber,
 * catches it up to the channel's position, and closes channels without subscribers.
 *
 * I7: a subscriber joins in the turn in which it gets what it missed: what comes after reaches it as all others. I6: a door
 * without `userReads` reaches public documents alone. I9: the number of channels is bounded.
 */
import type { Logger } from '../lib/logger.ts';
import type { ChangeFeed, Changes } from '../ports/changes.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Publication, PublishedRevision } from './publication.ts';
import {
  PublicationChannel,
  type RevisionEncoder,
  type RevisionMessage,
  type Subscriber,
} from './publication-channel.ts';
import {
  type PublicPages,
  privateSource,
  publicSource,
  readAs,
  readPublic,
  type UserReads,
} from './publication-sources.ts';
import { type ReaderPosition, readAtLeast, resumeAfter } from './reader-position.ts';
import { recheck } from './recheck.ts';

export interface PublicationChannelsOptions<Message extends RevisionMessage> {
  publicPages: PublicPages;
  /** Left out: the door shows public documents alone. */
  userReads?: UserReads | undefined;
  encoder: RevisionEncoder<Message>;
  cluster: Pick<Cluster, 'subscribe' | 'onReconnected'>;
  log: Logger;
  changes: Pick<ChangeFeed, 'subscribe'>;
  maxChannels: number;
  /** Keeps channels without subscribers until the next look at what changed: readers come and go. */
  keepUnused: boolean;
  /** Milliseconds; never goes back. */
  now(): number;
  /** A channel was opened; nobody subscribes yet. */
  opened?(channel: PublicationChannel<Message>, publication: Publication): void;
}

export interface SubscribeRequest {
  readonly slug: string;
  /** What the subscriber has. */
  readonly position: ReaderPosition;
  /** Undefined: reads what is public. */
  readonly userId: string | undefined;
}

export type SubscribeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'not_found' | 'overloaded' | 'unavailable' };

interface Found {
  readonly publication: Publication;
  readonly isPrivate: boolean;
  /** Whatever the subscriber found, others find something public. */
  readonly isPublicToo: boolean;
}

/** A document that changes faster than a subscriber can get what it missed. */
const MAX_TRIES = 8;

const publicKey = (slug: string): string => `public ${slug}`;

/** Private documents of different users may have one name (I6): each has a channel of its own. */
const keyOf = ({ slug, documentId }: PublishedRevision, isPrivate: boolean): string =>
  isPrivate ? `private ${slug} ${documentId}` : publicKey(slug);

export class PublicationChannels<Message extends RevisionMessage> {
  readonly #options: PublicationChannelsOptions<Message>;
  readonly #channels = new Map<string, PublicationChannel<Message>>();
  readonly #byDocument = new Map<string, Set<PublicationChannel<Message>>>();
  /** Those that differed from the database when they were compared last. */
  #differing = new Set<PublicationChannel<Message>>();
  readonly #offChanges: () => void;
  readonly #offReconnected: () => void;
  #opened = 0;
  #closed = false;

  constructor(options: PublicationChannelsOptions<Message>) {
    this.#options = options;
    this.#offChanges = options.changes.subscribe((changes, askedAt) => this.#onChanges(changes, askedAt));
    this.#offReconnected = options.cluster.onReconnected(() => {
      const channels = [...this.#channels.values()];
      this.#recheck(channels).catch((error: unknown) => {
        options.log.warn({ err: error }, 'could not recheck publication channels');
        for (const channel of channels) this.#differing.add(channel);
      });
    });
  }

  /**
   * Finds what may be read under a name, and calls `joined` with what the subscriber missed of it. `joined` subscribes to the
   * channel then and there, unless the subscriber is gone by then. Rejects when nothing can be read at the moment.
   */
  async subscribe(
    { slug, position, userId }: SubscribeRequest,
    joined: (channel: PublicationChannel<Message>, missed: readonly Message[]) => void,
  ): Promise<SubscribeResult> {
    const find = () => this.#find(slug, userId);
    /** Keeps the channel open, and its user's access checked, until the subscriber is in. */
    const joining: Subscriber<Message> = { userId, closed: () => undefined };
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const found = await (tries === 0
        ? readAtLeast(position, find, ({ publication }) => publication.current)
        : find());
      if (this.#closed) break;
      // I6: those who subscribe to it need not wait for the notice.
      if (!found?.isPublicToo) this.#channels.get(publicKey(slug))?.close('withdrawn');
      if (!found) return { ok: false, code: 'not_found' };
      const channel = this.#channelOf(found);
      if (!channel) return { ok: false, code: 'overloaded' };
      channel.subscribe(joining);
      try {
        const { current } = found.publication;
        if (channel.revision < current.revision) await channel.look();
        else channel.refresh(found.publication);
        const after = resumeAfter(position, channel);
        const missed = await channel.missedAfter(after, current);
        // I7: a look that failed leaves the channel behind what was read.
        if (!missed || channel.revision < current.revision || !channel.subscribers.has(joining)) continue;
        if ((missed.at(-1)?.revision ?? after) !== channel.revision) continue;
        joined(channel, missed);
        return { ok: true };
      } finally {
        channel.unsubscribe(joining);
      }
    }
    return { ok: false, code: 'unavailable' };
  }

  of(documentId: string): Iterable<PublicationChannel<Message>> {
    return this.#byDocument.get(documentId) ?? [];
  }

  count(): number {
    return this.#channels.size;
  }

  /** Closes all channels: this node shuts down. */
  close(): void {
    this.#closed = true;
    this.#offChanges();
    this.#offReconnected();
    for (const channel of this.#channels.values()) channel.close('shutdown');
  }

  /** What did not change is as the channel has it; the rest is compared. */
  async #onChanges({ everything, documents }: Changes, askedAt: number): Promise<void> {
    const named = everything ? this.#channels.values() : [...documents].flatMap((id) => [...this.of(id)]);
    const compared = new Set([...named, ...this.#differing]);
    this.#differing = new Set();
    for (const channel of this.#channels.values()) {
      if (channel.subscribers.size === 0) {
        compared.delete(channel);
        channel.close(undefined);
      } else if (!compared.has(channel)) channel.confirm(askedAt);
    }
    await this.#recheck(compared);
  }

  async #recheck(channels: Iterable<PublicationChannel<Message>>): Promise<void> {
    const { publicPages, userReads, now } = this.#options;
    for (const channel of await recheck(channels, { publicPages, userReads, now })) {
      if (!channel.isClosed) this.#differing.add(channel);
    }
  }

  async #find(slug: string, userId: string | undefined): Promise<Found | undefined> {
    const { publicPages, userReads } = this.#options;
    const publication = await readPublic(publicPages, slug);
    const isPublicToo = publication !== undefined;
    const open = publication && { publication, isPrivate: false, isPublicToo };
    if (open?.publication.isFormer === false || userReads === undefined || userId === undefined) return open;
    const own = await readAs(userReads, slug, userId);
    // A document that has the slug now comes before one that had it.
    return own && (!open || !own.isFormer) ? { publication: own, isPrivate: true, isPublicToo } : open;
  }

  #channelOf({ publication, isPrivate }: Found): PublicationChannel<Message> | undefined {
    const { documentId } = publication.current;
    const key = keyOf(publication.current, isPrivate);
    const present = this.#channels.get(key);
    // Not by the name alone: it may be another document's by now.
    if (present?.documentId === documentId) return present;
    present?.close('withdrawn');
    if (this.#channels.size >= this.#options.maxChannels) return undefined;
    return this.#open(key, publication, isPrivate);
  }

  #open(key: string, publication: Publication, isPrivate: boolean): PublicationChannel<Message> {
    const { publicPages, userReads, encoder, cluster, log, keepUnused } = this.#options;
    const { slug, documentId } = publication.current;
    this.#opened += 1;
    const channel: PublicationChannel<Message> = new PublicationChannel(this.#opened, publication, isPrivate, {
      source:
        isPrivate && userReads
          ? privateSource(
              userReads,
              publication.current,
              () => channel.users(),
              (userId) => channel.withdrawFrom(new Set([userId])),
            )
          : publicSource(publicPages, slug),
      encoder,
      cluster,
      log,
      unused: () => {
        if (!keepUnused) channel.close(undefined);
      },
      closed: () => {
        if (this.#channels.get(key) === channel) this.#channels.delete(key);
        ofDocument.delete(channel);
        if (ofDocument.size === 0) this.#byDocument.delete(documentId);
      },
    });
    this.#channels.set(key, channel);
    const ofDocument = this.#byDocument.get(documentId) ?? new Set();
    this.#byDocument.set(documentId, ofDocument.add(channel));
    this.#options.opened?.(channel, publication);
    return channel;
  }
}
