/**
 * Committed texts of live documents for readers, who get an answer whether or not a node owns the document: from its owner, else
 * from the journal. Nothing is claimed, and nothing written. The caller has checked that readers may see it, and does so again
 * afterwards (I6). Both methods never reject.
 */
import type { DraftContent } from '../content/model/types.ts';
import type { SectionStart } from '../content/yjs/section-starts.ts';
import type { PublicDraft, PublicUpdate } from './public-reads.ts';

export interface LiveContents {
  /** At that position or a later one. Undefined: it cannot be read at the moment. */
  read(
    documentId: string,
    from: Pick<PublicDraft, 'seq' | 'ownerNode'>,
  ): Promise<{ seq: number; content: DraftContent } | undefined>;
  /**
   * For each section of the text at that position, in order: its heading's item, and when the given updates brought it.
   * Undefined: not known at the moment.
   */
  sectionStarts(
    documentId: string,
    seq: number,
    updates: readonly PublicUpdate[],
  ): Promise<readonly SectionStart[] | undefined>;
}
