/**
 * The draft of a live document as a publication channel shows it, for as long as the document is live. Knows neither where
 * the draft comes from nor how its readers are reached.
 *
 * I6: the owner of a draft does not know who may read the published document. So nothing of the draft is sent while nobody
 * has confirmed for some time that it may be read; then all of it is sent again.
 */
import type { Live, LiveText, Settled } from '../../schemas/viewer.ts';
import type { ChangeFeed } from '../ports/changes.ts';
import type { Publication } from './publication.ts';

/** An event of the viewer protocol and its body. */
export type DraftMessage = ['live', Live] | ['settled', Settled];

export interface DraftEvents {
  /** What a draft without a title is called. */
  untitled(): string;
  changed(change: Omit<Live, 'slug'>): void;
  /** Nothing follows. */
  failed(): void;
}

/** A draft that is followed at its owner. */
export interface OpenDraft {
  /** All of it; undefined while nothing is known yet. */
  readonly text: LiveText | undefined;
  /** Sends all of it again. */
  restart(): void;
  close(): void;
}

/** Whose draft a channel shows. */
export interface DraftRequest {
  readonly documentId: string;
  /** Handle. */
  readonly owner: string;
  /** For users with access alone. */
  readonly isPrivate: boolean;
}

/** Undefined: it cannot be shown at the moment. No event comes before this has returned. */
export type OpenDraftOf = (request: DraftRequest, events: DraftEvents) => OpenDraft | undefined;

export interface DraftDisplayPorts {
  open: OpenDraftOf;
  /** The channel is one for users with access alone. */
  isPrivate: boolean;
  send(...message: DraftMessage): void;
  /** Milliseconds after a confirmation in which the draft is sent. */
  confirmedForMs: number;
  /** Milliseconds; never goes back. */
  now(): number;
}

export class DraftDisplay {
  readonly #ports: DraftDisplayPorts;
  #publication: Publication;
  #draft: OpenDraft | undefined;
  /** When the last check began that found that the document may be read. */
  #confirmedAt: number;
  /** Readers have the draft before them. */
  #wasSent = false;

  /** @param publication was just read */
  constructor(publication: Publication, ports: DraftDisplayPorts) {
    this.#publication = publication;
    this.#ports = ports;
    this.#confirmedAt = ports.now();
    this.update(publication);
  }

  /** All of the draft; null: there is none to show at the moment. */
  get text(): LiveText | null {
    return this.#isWithheld() ? null : (this.#draft?.text ?? null);
  }

  /** Shows the draft, or no longer, as the document says now. */
  update(publication: Publication): void {
    this.#publication = publication;
    if (publication.live) this.#open();
    else this.#settle();
  }

  /** The document may be read, or could be at this time. */
  confirm(askedAt: number): void {
    const wasWithheld = this.#isWithheld();
    this.#confirmedAt = askedAt;
    if (wasWithheld && !this.#isWithheld()) this.#draft?.restart();
  }

  close(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    draft?.close();
  }

  #open(): void {
    if (this.#draft) return;
    const { slug, documentId, author: owner } = this.#publication.current;
    const draft = this.#ports.open(
      { documentId, owner, isPrivate: this.#ports.isPrivate },
      {
        untitled: () => this.#publication.current.title,
        changed: (change) => {
          if (this.#draft !== draft || this.#isWithheld()) return;
          this.#wasSent = true;
          this.#ports.send('live', { slug, ...change });
        },
        // The next update tries again.
        failed: () => {
          if (this.#draft === draft) this.#draft = undefined;
        },
      },
    );
    this.#draft = draft;
  }

  #settle(): void {
    this.close();
    if (this.#wasSent) this.#ports.send('settled', { slug: this.#publication.current.slug });
    this.#wasSent = false;
  }

  #isWithheld(): boolean {
    return this.#ports.now() - this.#confirmedAt >= this.#ports.confirmedForMs;
  }
}

/** A channel that shows drafts. */
interface DraftChannel {
  readonly isPrivate: boolean;
  draft: DraftDisplay | undefined;
  readonly draftListeners: ReadonlySet<(message: DraftMessage) => void>;
}

/** Looks at what changed that may fail before drafts are withheld. */
const FAILED_LOOKS = 2;

/** Shows a channel's draft to its listeners from now on. */
export function showDraft(
  channel: DraftChannel,
  publication: Publication,
  ports: { openDraft: OpenDraftOf; changes: Pick<ChangeFeed, 'pollMs'>; now(): number },
): void {
  channel.draft = new DraftDisplay(publication, {
    open: ports.openDraft,
    isPrivate: channel.isPrivate,
    send(...message) {
      for (const listener of channel.draftListeners) listener(message);
    },
    confirmedForMs: ports.changes.pollMs * FAILED_LOOKS,
    now: ports.now,
  });
}
