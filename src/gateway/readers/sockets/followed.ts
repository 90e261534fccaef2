/**
 * One page followed on this node, for all its viewers together: one subscription to its notices, one read and one encoding
 * a revision, one live draft. Knows no sockets: what it tells goes to a room.
 *
 * I7: revisions are told in order, each once; a notice only says when to look, so one that is lost is made up for by the
 * next look. I6: what may no longer be read ends it, whatever the reason; and of a draft nothing is told while nobody can
 * say whether the page may still be read.
 */
import type { Live, LiveText, Settled, ViewedRevision } from '../../../../schemas/viewer.ts';
import type { Logger } from '../../../lib/logger.ts';
import { later } from '../../../lib/timers.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import type { Shown, Source } from './sources.ts';

/** Missed revisions that are told one by one; of more only the last. */
export const MAX_MISSED = 20;
/** Milliseconds after a notice. It may be here before what is read from has heard of the change; that is right within 1 s. */
const LOOK_AGAIN_MS = [60, 400, 1_100] as const;

/** An event and its body. */
export type News = ['revision', ViewedRevision] | ['live', Live] | ['settled', Settled];

/** A live draft as a page needs it. */
export interface DraftShown {
  readonly text: LiveText | undefined;
  /** Tells all of it again. */
  restart(): void;
  close(): void;
}

export interface FollowedPorts {
  source: Source;
  log: Logger;
  tell(...news: News): void;
  /** Shows the draft from now on; undefined: not at the moment. */
  openDraft(documentId: string, ports: DraftEvents): DraftShown | undefined;
  /** Milliseconds without a confirmation after which the draft is held back. */
  holdMs: number;
  /** Milliseconds; never goes back. */
  now(): number;
  onEnd(): void;
}

export interface DraftEvents {
  untitled(): string;
  changed(change: Omit<Live, 'slug'>): void;
  failed(): void;
}

export class Followed {
  readonly slug: string;
  readonly documentId: string;
  readonly room: string;
  ended = false;
  readonly #ports: FollowedPorts;
  readonly #reads = new Map<string, Promise<readonly ViewedRevision[]>>();
  #shown: Shown;
  #draft: DraftShown | undefined;
  /** When it was last asked whether the page may be read, and the answer was yes. */
  #confirmedAt: number;
  /** Viewers have the draft before them. */
  #draftTold = false;
  #looking: Promise<void> | undefined;
  #again = false;
  #next: ReturnType<typeof setTimeout> | undefined;
  /** Takes the subscription to notices back. */
  leave: () => void = () => undefined;

  constructor(shown: Shown, room: string, ports: FollowedPorts) {
    this.slug = shown.current.slug;
    this.documentId = shown.documentId;
    this.room = room;
    this.#shown = shown;
    this.#ports = ports;
    this.#confirmedAt = ports.now();
    this.#followDraft();
  }

  /** The last revision that was told. */
  get revision(): number {
    return this.#shown.current.revision;
  }

  get isLive(): boolean {
    return this.#shown.live;
  }

  get draft(): LiveText | null {
    return this.#isHeldBack() ? null : (this.#draft?.text ?? null);
  }

  /** The page may be read, or could be at this time. */
  confirmed(askedAt: number): void {
    if (this.ended) return;
    const wasHeldBack = this.#isHeldBack();
    this.#confirmedAt = askedAt;
    if (wasHeldBack && !this.#isHeldBack()) this.#draft?.restart();
  }

  noticed(notice: DocumentNotice): void {
    if (notice.kind === 'published' && notice.revision <= this.revision) return;
    void this.look();
    this.#lookAgain(notice.kind === 'published' ? notice.revision : undefined, 0);
  }

  /** Tells what is new, if anything is. One look at a time; never rejects. */
  look(): Promise<void> {
    if (this.#looking) this.#again = true;
    this.#looking ??= this.#run();
    return this.#looking;
  }

  /** What a viewer that has `since` lacks, in order. Many that come back at once share a read. */
  missedSince(since: number): Promise<readonly ViewedRevision[]> | readonly ViewedRevision[] {
    const shown = this.#shown;
    const { revision } = shown.current;
    if (since >= revision) return [];
    if (since === 0 || since === revision - 1) return [shown.current];
    const key = `${since}-${revision}`;
    let read = this.#reads.get(key);
    if (!read) {
      read = this.#between(since, shown).finally(() => this.#reads.delete(key));
      this.#reads.set(key, read);
    }
    return read;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.#next);
    this.leave();
    this.#closeDraft();
    this.#ports.onEnd();
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#look();
      } while (this.#again && !this.ended);
    } catch (error) {
      this.#ports.log.warn({ documentId: this.documentId, err: error }, 'a followed page is not readable');
    } finally {
      this.#looking = undefined;
    }
  }

  async #look(): Promise<void> {
    const shown = await this.#ports.source.read();
    if (this.ended) return;
    if (shown?.documentId !== this.documentId) {
      this.end();
      return;
    }
    const news = shown.current.revision > this.revision ? await this.#between(this.revision, shown) : [];
    if (this.ended) return;
    // What is read may be older than what was told: another node's cache is behind by a moment.
    if (shown.current.revision < this.revision) return;
    this.#shown = shown;
    for (const message of news) this.#ports.tell('revision', message);
    this.#followDraft();
  }

  async #between(since: number, shown: Shown): Promise<readonly ViewedRevision[]> {
    const { current } = shown;
    if (since === current.revision - 1) return [current];
    // Revisions that were published while the document was private are left out: numbers may have holes.
    const earlier = await this.#ports.source.between(since, shown, MAX_MISSED);
    return earlier.length < MAX_MISSED ? [...earlier, current] : [current];
  }

  #followDraft(): void {
    const { live, documentId } = this.#shown;
    if (!live) {
      this.#closeDraft();
      if (this.#draftTold) this.#ports.tell('settled', { slug: this.slug });
      this.#draftTold = false;
      return;
    }
    if (this.#draft) return;
    const draft = this.#ports.openDraft(documentId, {
      untitled: () => this.#shown.current.title,
      changed: (change) => {
        // I6: the owner of the draft does not know who may read the page.
        if (this.#draft !== draft || this.#isHeldBack()) return;
        this.#draftTold = true;
        this.#ports.tell('live', { slug: this.slug, ...change });
      },
      // The next look tries again.
      failed: () => {
        if (this.#draft === draft) this.#draft = undefined;
      },
    });
    this.#draft = draft;
  }

  #isHeldBack(): boolean {
    return this.#ports.now() - this.#confirmedAt >= this.#ports.holdMs;
  }

  #closeDraft(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    draft?.close();
  }

  #lookAgain(wanted: number | undefined, step: number): void {
    clearTimeout(this.#next);
    const at = LOOK_AGAIN_MS[step];
    if (at === undefined || this.ended) return;
    const pauseMs = at - (LOOK_AGAIN_MS[step - 1] ?? 0);
    this.#next = later(pauseMs, 'a followed page', this.#ports.log, () => {
      if (wanted !== undefined && this.revision >= wanted) return;
      void this.look();
      this.#lookAgain(wanted, step + 1);
    });
  }
}
