/**
 * What the widgets of one document have before them: its revision, or the draft of a live document, and whether that is up to date.
 * Knows neither sockets nor elements.
 *
 * I7: a revision is taken only if it is newer than the one at hand, or another document's. After a lost connection the draft may
 * not be shown any more: all of the revision is requested then, and shown unless the draft comes as well.
 */
import type { WidgetLive } from '../../../schemas/widget.ts';
import { changedBy, type DraftText } from './live-text.ts';
import type { WidgetPublication } from './publication.ts';

/**
 * @param publication undefined: the document is not there, until a later call brings it
 * @param lostAt of a live document whose connection is gone: when it was last up to date, milliseconds since 1970; else 0
 */
export type Listener = (publication: WidgetPublication | undefined, lostAt: number) => void;

/** A draft that is still shown comes so soon after the revision, milliseconds. */
const DRAFT_FOLLOWS_MS = 1_500;

/** The draft of a live document is shown. */
export const isDraft = (publication: WidgetPublication | undefined): boolean => typeof publication?.seq === 'number';

export class ShownDocument {
  /** What listeners have. */
  shown: WidgetPublication | undefined;
  /** The document is not there, and not asked for before this time; 0: it is, or that is unknown. */
  goneUntil = 0;
  readonly #listeners = new Set<Listener>();
  /** The newest. What was read over HTTP of a live document has the text of its draft. */
  #revision: WidgetPublication | undefined;
  #draft: DraftText | undefined;
  /** The connection that brought the draft is gone. */
  #isStale = false;
  /** The text that was last read over HTTP, and the draft at hand then. */
  #lastRead: { html: string; draft: DraftText | undefined } | undefined;
  /** The draft at hand when that text had changed, and nothing had come over the socket. */
  #missing: DraftText | undefined;
  #lostAt = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;

  add(listener: Listener): void {
    if (this.shown || this.goneUntil) listener(this.shown, this.#lostAt);
    this.#listeners.add(listener);
  }

  /** @returns whether any are left */
  remove(listener: Listener): boolean {
    this.#listeners.delete(listener);
    if (!this.#listeners.size) clearTimeout(this.#settling);
    return this.#listeners.size > 0;
  }

  /** What a server has to know to send what is missing. */
  position(slug: string): { slug: string; since: number; id?: string | undefined } {
    const since = isDraft(this.shown) ? 0 : (this.#revision?.revision ?? 0);
    return { slug, since, id: this.#revision?.id };
  }

  /** From the socket. */
  revision(next: WidgetPublication): void {
    const before = this.#revision;
    if (before?.id !== next.id && this.#isStale) this.#draft = undefined;
    if (before?.id !== next.id || next.revision > before.revision || isDraft(before)) this.#revision = next;
    // After a connection was lost: perhaps the draft follows.
    if (isDraft(this.shown) && before?.id === next.id && (!this.#draft || this.#isStale)) {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.settle(), DRAFT_FOLLOWS_MS);
    } else if (this.#revision !== before) this.#show();
  }

  /** From the socket. @returns false: changes are missing, and all of the draft is needed */
  change(message: WidgetLive): boolean {
    const text = changedBy(message, this.#isStale ? undefined : this.#draft);
    if (!text) return false;
    this.#draft = text;
    this.#isStale = false;
    this.#show();
    return true;
  }

  /** The draft is no longer shown. @returns false: the revision has to be read */
  settle(): boolean {
    this.#draft = undefined;
    if (isDraft(this.#revision)) return false;
    this.#show();
    return true;
  }

  /** Over HTTP. @returns whether a socket should have brought more: another revision, or a change that an earlier reading had */
  read(next: WidgetPublication): boolean {
    const before = this.#revision;
    const isOther = before?.id !== next.id || next.revision > before.revision;
    const isBehind = this.#isBehind(next.html);
    // The socket brings what is newer of a draft.
    if (this.#draft && !this.#isStale && !isOther) return isBehind;
    const { shown } = this;
    if (isOther || isDraft(next) !== isDraft(shown) || (next.seq ?? 0) > (shown?.seq ?? 0)) {
      this.#draft = undefined;
      this.#revision = next;
      this.#show();
    } else if (this.#lostAt) {
      this.#lostAt = 0;
      this.#notify();
    }
    return isOther;
  }

  /**
   * By the text, not by its position: edits that readers do not see move the position alone, and are not sent. What changed since
   * the last reading may be under way; at the one after it should be here.
   */
  #isBehind(html: string): boolean {
    const draft = this.#draft;
    const isBehind = draft !== undefined && draft === this.#missing;
    const last = this.#lastRead;
    if (last && last.draft === draft && last.html !== html) this.#missing = draft;
    this.#lastRead = { html, draft };
    return isBehind;
  }

  gone(until: number): void {
    const wasGone = this.goneUntil;
    this.shown = this.#revision = this.#draft = undefined;
    this.goneUntil = until;
    this.#lostAt = 0;
    if (!wasGone) this.#notify();
  }

  /** The connection is gone. */
  lost(): void {
    this.#isStale = true;
    if (this.#lostAt || !isDraft(this.shown)) return;
    this.#lostAt = Date.now();
    this.#notify();
  }

  #show(): void {
    clearTimeout(this.#settling);
    const revision = this.#revision;
    const draft = this.#draft;
    // Of a draft that comes first the rest follows.
    if (!revision) return;
    this.goneUntil = 0;
    this.#lostAt = 0;
    this.shown = draft
      ? { ...revision, title: draft.title, summary: draft.summary, html: draft.blocks.join('\n'), seq: draft.seq }
      : revision;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener(this.shown, this.#lostAt);
  }
}
