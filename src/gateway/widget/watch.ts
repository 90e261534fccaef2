/**
 * One public document followed on this node, for all its followers together: one subscription to its notices, one read
 * and one encoding a revision. Knows no sockets and no HTTP.
 *
 * I7: revisions are told in order, each once; a notice only says when to look, so one that is lost is made up for by the
 * next look. I6: what is no longer public ends the watch, whatever the reason.
 */
import type { Logger } from '../../lib/logger.ts';
import { later } from '../../lib/timers.ts';
import type { DocumentNotice } from '../../ports/notices.ts';
import type { PublicDocument } from '../../ports/public-reads.ts';
import type { PublicEntry } from '../../published/entry.ts';
import { type PublicPages, type Told, toldOf, toldOfEarlier } from './told.ts';

/** Missed revisions that a follower is told one by one; of more it gets the last in full. */
const MAX_MISSED = 20;
/** And if they are longer together: a follower must be able to take them at once. */
const MAX_MISSED_CHARACTERS = 1_048_576;
/** Milliseconds after a notice. It may be here before the cache has heard of the change; the cache is right within 1 s. */
const LOOK_AGAIN_MS = [60, 400, 1_100] as const;

export interface WatchListener {
  told(told: Told): void;
  /** Nothing follows: the document is gone, or this node goes away. */
  ended(gone: boolean): void;
}

export interface WatchPorts {
  pages: PublicPages;
  log: Logger;
  onEnd(watch: Watch): void;
}

export class Watch {
  readonly slug: string;
  readonly documentId: string;
  /** Of this watch alone: a later one of the same document has another. */
  readonly topic: string;
  readonly listeners = new Set<WatchListener>();
  /** The last revision that was told. */
  position: number;
  holders = 0;
  ended = false;
  readonly #ports: WatchPorts;
  readonly #reads = new Map<string, Promise<readonly Told[]>>();
  #looking: Promise<void> | undefined;
  #again = false;
  #next: ReturnType<typeof setTimeout> | undefined;
  /** Takes the subscription to notices back. */
  leave: () => void = () => undefined;

  constructor({ slug, documentId, revision }: PublicDocument, topic: string, ports: WatchPorts) {
    this.slug = slug;
    this.documentId = documentId;
    this.topic = topic;
    this.position = revision;
    this.#ports = ports;
  }

  noticed(notice: DocumentNotice): void {
    void this.look();
    this.#lookAgain(notice.kind === 'published' ? notice.revision : undefined, 0);
  }

  /** Tells what is new, if anything is. One look at a time; never rejects. */
  look(): Promise<void> {
    if (this.#looking) this.#again = true;
    this.#looking ??= this.#run();
    return this.#looking;
  }

  /**
   * What a follower that has `since` lacks up to the entry's revision, in order. Many that come back at once share a read.
   * @param since 0: it has nothing
   */
  missedSince(entry: PublicEntry, since: number): Promise<readonly Told[]> | readonly Told[] {
    const { revision } = entry.document;
    if (since >= revision) return [];
    if (since === 0 || since === revision - 1) return [toldOf(entry)];
    const key = `${since}-${revision}`;
    let read = this.#reads.get(key);
    if (!read) {
      read = this.#earlier(entry, since).finally(() => this.#reads.delete(key));
      this.#reads.set(key, read);
    }
    return read;
  }

  /** The document is not public any more. */
  end(): void {
    if (this.ended) return;
    this.stop();
    this.#ports.onEnd(this);
    for (const listener of this.listeners) listener.ended(true);
    this.listeners.clear();
  }

  /** It is not followed any more, or this node goes away. */
  stop(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.#next);
    this.leave();
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#look();
      } while (this.#again && !this.ended);
    } catch (error) {
      this.#ports.log.warn({ documentId: this.documentId, err: error }, 'a public document is not readable');
    } finally {
      this.#looking = undefined;
    }
  }

  async #look(): Promise<void> {
    const entry = await this.#ports.pages.page(this.slug);
    if (this.ended) return;
    if (entry?.document.documentId !== this.documentId) {
      this.end();
      return;
    }
    const { revision } = entry.document;
    while (this.position < revision) {
      const news = this.position === revision - 1 ? [toldOf(entry)] : await this.#read(entry, this.position);
      if (this.ended) return;
      // Revisions that were published while the document was private are left out: numbers may have holes.
      for (const told of news.length > 0 ? news : [toldOf(entry)]) {
        this.position = told.revision;
        for (const listener of this.listeners) listener.told(told);
      }
    }
  }

  async #earlier(entry: PublicEntry, since: number): Promise<readonly Told[]> {
    const missed = await this.#read(entry, since);
    const isAll = missed.at(-1)?.revision === entry.document.revision;
    const size = missed.reduce((sum, { json }) => sum + json.length, 0);
    return isAll && size <= MAX_MISSED_CHARACTERS ? missed : [toldOf(entry)];
  }

  async #read(entry: PublicEntry, after: number): Promise<readonly Told[]> {
    const { document } = entry;
    const revisions = await this.#ports.pages.revisionsAfter(document.documentId, after, MAX_MISSED);
    return revisions
      .filter(({ revision }) => revision <= document.revision)
      .map((revision) => (revision.revision === document.revision ? toldOf(entry) : toldOfEarlier(document, revision)));
  }

  #lookAgain(wanted: number | undefined, step: number): void {
    clearTimeout(this.#next);
    const at = LOOK_AGAIN_MS[step];
    if (at === undefined || this.ended) return;
    const pauseMs = at - (LOOK_AGAIN_MS[step - 1] ?? 0);
    this.#next = later(pauseMs, 'a public document', this.#ports.log, () => {
      if (wanted !== undefined && this.position >= wanted) return;
      void this.look();
      this.#lookAgain(wanted, step + 1);
    });
  }
}
