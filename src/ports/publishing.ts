/** Publishing in the database: revisions made and withdrawn, and times to publish, each in one transaction. */
import type { Failure } from '../../schemas/errors.ts';
import type { RevisionSummary, SlugStyle } from '../../schemas/http.ts';
import type { DraftContent } from '../content/model/types.ts';
import type { Actor } from './actor.ts';
import type { ListsChange } from './notices.ts';

export interface Publication {
  /** Committed content of the draft, at position `seq`. */
  content: DraftContent;
  seq: number;
  /** Publish for this schedule: only while it exists; publishing deletes it. */
  scheduleId?: string;
  /** Called for a document whose language nobody chose. Undefined: it stays that of the site. */
  guessLanguage?: () => string | undefined;
  /**
   * The address to publish at: this very one, or one of this style, made from the title. Whoever may edit chooses it as long as it
   * follows the title, afterwards owners alone. Left out: the one that follows the title, or the present one.
   */
  slug?: string;
  slugStyle?: SlugStyle;
}

/** A revision, or an earlier position of the draft. */
export type Restored = { revision: number } | { position: number };

/** All need level edit, and fail with `not_found` or `read_only`. */
export interface PublicationStore {
  /**
   * Makes the next revision the published one. Fails with `conflict` when the schedule no longer exists, with `slug_taken` when
   * another public document has the slug, with `forbidden` when the slug is not this user's to change, with `text_elsewhere` when the text is in another type of the Yjs document.
   */
  publish(
    actor: Actor,
    documentId: string,
    publication: Publication,
  ): Promise<({ ok: true; revision: RevisionSummary } & ListsChange) | Failure>;
  /** Withdraws the document from readers; revisions stay. */
  unpublish(actor: Actor, documentId: string): Promise<({ ok: true } & ListsChange) | Failure>;
  /** Replaces an earlier schedule. Fails with `bad_request` when the time is not in the future. */
  schedule(actor: Actor, documentId: string, at: Date): Promise<{ ok: true } | Failure>;
  unschedule(actor: Actor, documentId: string): Promise<{ ok: true } | Failure>;
  /** Records what the draft was reverted to, by an edit that was committed at `seq`. */
  reverted(actor: Actor, documentId: string, restored: Restored, seq: number): Promise<void>;
}
