/**
 * One published document followed on this node, for all its subscribers together: one subscription to its notices, one read
 * and one encoding a revision. Its source says where revisions come from, its encoder as what they are sent. Knows no
 * sockets and no HTTP.
 *
 * I7: revisions are sent in order, each once; a notice only says when to look, so one that is lost is made up for by the
 * next look. I6: whatever may no longer be read closes the channel, whatever the reason.
 */
import { coalesce } from '../lib/coalesce.ts';
import type { Logger } from '../lib/logger.ts';
import { later } from '../lib/timers.ts';
import type { Cluster } from '../ports/cluster.ts';
import { type DocumentNotice, documentChannel } from '../ports/notices.ts';
import type { DraftDisplay, DraftMessage } from './draft-display.ts';
import type { Publication, PublicationSource, PublishedRevision } from './publication.ts';

/** Missed revisions that a subscriber gets one by one; of more it gets the current one in full. */
const MAX_MISSED = 20;
/** And if they are longer together: a subscriber must be able to take them at once (I9). */
const MAX_MISSED_CHARACTERS = 1_048_576;
/** Milliseconds after a notice. It may be here before the source has heard of the change; that is right within 1 s. */
const LOOK_AGAIN_MS = [60, 400, 1_100] as const;

/** A revision as subscribers get it. */
export interface RevisionMessage {
  readonly revision: number;
}

export interface RevisionEncoder<Message extends RevisionMessage> {
  encode(revision: PublishedRevision): Message;
  /** Characters of an encoded revision, about. */
  lengthOf(message: Message): number;
}

/** `withdrawn`: the subscriber may not read the document any more. `shutdown`: this node shuts down. */
export type CloseReason = 'withdrawn' | 'shutdown';

/** A reader, or many readers that share a subscription. */
export interface Subscriber<Message extends RevisionMessage> {
  /** Whose access counts in a private channel. */
  readonly userId: string | undefined;
  /** Called once, when the channel ends the subscription. */
  closed(channel: PublicationChannel<Message>, reason: CloseReason): void;
}

export interface ChannelPorts<Message extends RevisionMessage> {
  source: PublicationSource;
  encoder: RevisionEncoder<Message>;
  cluster: Pick<Cluster, 'subscribe'>;
  log: Logger;
  /** The last subscriber left. */
  unused(): void;
  /** Nothing is sent any more; the subscribers are notified afterwards. */
  closed(): void;
}

export class PublicationChannel<Message extends RevisionMessage> {
  /** Of this channel alone: a later one of the same document has another. */
  readonly id: number;
  /** Read with the rights of its subscribers. */
  readonly isPrivate: boolean;
  readonly slug: string;
  readonly documentId: string;
  /** Called with each revision, in order: one call for all subscribers that a door reaches together. */
  readonly listeners = new Set<(message: Message) => void>();
  /** Called with each change of the draft of a live document, in order. */
  readonly draftListeners = new Set<(message: DraftMessage) => void>();
  /** Set by a door that shows drafts. */
  draft: DraftDisplay | undefined;
  /** Sends new revisions, if there are any. Never rejects. */
  readonly look = coalesce(async () => {
    if (this.#closed) return;
    try {
      await this.#look();
    } catch (error) {
      this.#ports.log.warn({ documentId: this.documentId, err: error }, 'could not read a published document');
    }
  });
  readonly #ports: ChannelPorts<Message>;
  readonly #subscribers = new Set<Subscriber<Message>>();
  readonly #missedReads = new Map<string, Promise<readonly Message[]>>();
  readonly #unsubscribe: () => void;
  /** I9: its text is the source's to keep: a channel of each document that is followed would keep all of them. */
  #current: WeakRef<PublishedRevision>;
  #live: boolean;
  #position: number;
  /** Encoded once, however many read it, and for as long as the revision is there. */
  readonly #encoded = new WeakMap<PublishedRevision, Message>();
  #nextLook: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(id: number, publication: Publication, isPrivate: boolean, ports: ChannelPorts<Message>) {
    this.id = id;
    this.isPrivate = isPrivate;
    this.slug = publication.current.slug;
    this.documentId = publication.current.documentId;
    this.#current = new WeakRef(publication.current);
    this.#live = publication.live;
    this.#position = publication.current.revision;
    this.#ports = ports;
    this.#unsubscribe = ports.cluster.subscribe(
      documentChannel(this.documentId),
      (notice) => this.#noticed(notice as DocumentNotice),
      // What was published before the notices came in.
      () => void this.look(),
    );
  }

  /** The last revision that was sent. */
  get revision(): number {
    return this.#position;
  }

  get isLive(): boolean {
    return this.#live;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get subscribers(): ReadonlySet<Subscriber<Message>> {
    return this.#subscribers;
  }

  /** Users among the subscribers. */
  users(): Set<string> {
    return new Set([...this.#subscribers].flatMap(({ userId }) => userId ?? []));
  }

  subscribe(subscriber: Subscriber<Message>): void {
    this.#subscribers.add(subscriber);
  }

  unsubscribe(subscriber: Subscriber<Message>): void {
    if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#ports.unused();
  }

  /** They may not read it any more (I6). */
  withdrawFrom(users: ReadonlySet<string>): void {
    for (const subscriber of [...this.#subscribers]) {
      if (subscriber.userId === undefined || !users.has(subscriber.userId)) continue;
      this.unsubscribe(subscriber);
      subscriber.closed(this, 'withdrawn');
    }
  }

  /** Confirms that the document may be read, or could be at this time. */
  confirm(askedAt: number): void {
    if (!this.#closed) this.draft?.confirm(askedAt);
  }

  /** Another read of the revision that was sent last: its author may have another name by now. */
  refresh({ current }: Publication): void {
    if (current.revision === this.#position) this.#current = new WeakRef(current);
  }

  /**
   * What a subscriber at a position lacks, in order. Many that come back at once share a read.
   * @param after 0: it has nothing
   * @param read what was just read for the subscriber
   * @returns undefined: the current revision has to be read again
   */
  missedAfter(after: number, read: PublishedRevision): Promise<readonly Message[]> | readonly Message[] | undefined {
    const current = read.revision === this.#position ? read : this.#current.deref();
    if (current?.revision !== this.#position) return undefined;
    if (after >= current.revision) return [];
    if (after === 0 || after === current.revision - 1) return [this.#encode(current, current)];
    const key = `${after}-${current.revision}`;
    let missed = this.#missedReads.get(key);
    if (!missed) {
      missed = this.#readMissed(after, current).finally(() => this.#missedReads.delete(key));
      this.#missedReads.set(key, missed);
    }
    return missed;
  }

  /** @param reason undefined: there are no subscribers left */
  close(reason: CloseReason | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#nextLook);
    this.#unsubscribe();
    this.draft?.close();
    this.#ports.closed();
    this.listeners.clear();
    this.draftListeners.clear();
    for (const subscriber of this.#subscribers) {
      this.#subscribers.delete(subscriber);
      if (reason) subscriber.closed(this, reason);
    }
  }

  #noticed(notice: DocumentNotice): void {
    const published = notice.kind === 'published' ? notice.revision : undefined;
    if (published !== undefined && published <= this.#position) return;
    void this.look();
    this.#lookLater(published, 0);
  }

  async #look(): Promise<void> {
    const publication = await this.#ports.source.read();
    if (this.#closed) return;
    if (publication?.current.documentId !== this.documentId) {
      this.close('withdrawn');
      return;
    }
    // What is read may be older than what was sent: another node's cache is behind by a moment.
    if (publication.current.revision < this.#position) return;
    await this.#sendUpTo(publication.current);
    if (this.#closed) return;
    this.#current = new WeakRef(publication.current);
    this.#live = publication.live;
    this.draft?.update(publication);
  }

  async #sendUpTo(current: PublishedRevision): Promise<void> {
    while (this.#position < current.revision) {
      const next =
        this.#position === current.revision - 1
          ? []
          : await this.#ports.source.revisionsAfter(this.#position, current, MAX_MISSED);
      if (this.#closed) return;
      for (const revision of next.length > 0 ? next : [current]) {
        this.#position = revision.revision;
        const message = this.#encode(revision, current);
        for (const listener of this.listeners) listener(message);
      }
    }
  }

  async #readMissed(after: number, current: PublishedRevision): Promise<readonly Message[]> {
    const revisions = await this.#ports.source.revisionsAfter(after, current, MAX_MISSED);
    const missed = revisions.map((revision) => this.#encode(revision, current));
    const isAll = missed.at(-1)?.revision === current.revision;
    const length = missed.reduce((sum, message) => sum + this.#ports.encoder.lengthOf(message), 0);
    return isAll && length <= MAX_MISSED_CHARACTERS ? missed : [this.#encode(current, current)];
  }

  #encode(revision: PublishedRevision, current: PublishedRevision): Message {
    if (revision !== current) return this.#ports.encoder.encode(revision);
    const present = this.#encoded.get(current);
    if (present) return present;
    const message = this.#ports.encoder.encode(current);
    this.#encoded.set(current, message);
    return message;
  }

  #lookLater(published: number | undefined, step: number): void {
    clearTimeout(this.#nextLook);
    const at = LOOK_AGAIN_MS[step];
    if (at === undefined || this.#closed) return;
    const pauseMs = at - (LOOK_AGAIN_MS[step - 1] ?? 0);
    this.#nextLook = later(pauseMs, 'a published document', this.#ports.log, () => {
      if (published !== undefined && this.#position >= published) return;
      void this.look();
      this.#lookLater(published, step + 1);
    });
  }
}
