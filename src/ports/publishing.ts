/** Publishing in the database: revisions made and withdrawn, and times to publish, each in one transaction. */
import type { Failure } from '../../schemas/errors.ts';
import type { RevisionSummary } from '../../schemas/http.ts';
import type { DraftContent } from '../content/model/types.ts';
import type { Actor } from './actor.ts';

export interface Publication {
  /** Committed content, and the draft's position that it is of. */
  content: DraftContent;
  seq: number;
  /** The schedule that asks for it: published only while it stands, and then it is gone. */
  scheduleId?: string;
}

/** All need level edit, and fail with `not_found` or `read_only`. */
export interface Publishing {
  /**
   * Makes the next revision and shows it. Fails with `conflict` when the schedule stands no more, with `slug_taken` when another
   * document that everybody may read has its address, with `text_elsewhere` when the content says where the text is instead.
   */
  publish(
    actor: Actor,
    documentId: string,
    publication: Publication,
  ): Promise<{ ok: true; revision: RevisionSummary } | Failure>;
  /** Readers see nothing any more; revisions stay. */
  unpublish(actor: Actor, documentId: string): Promise<{ ok: true } | Failure>;
  /** Takes the place of an earlier time. Fails with `bad_request` when it is not in the future. */
  schedule(actor: Actor, documentId: string, at: Date): Promise<{ ok: true } | Failure>;
  unschedule(actor: Actor, documentId: string): Promise<{ ok: true } | Failure>;
  /** Notes that the draft became a revision's content again, which was committed as an edit at `seq`. */
  reverted(actor: Actor, documentId: string, revision: number, seq: number): Promise<void>;
}
