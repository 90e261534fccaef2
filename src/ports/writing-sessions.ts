/** When a draft was written and by whom: a reading of its journal without the updates themselves. */
import type { Moment, WritingSessionList } from '../../schemas/http.ts';

/** The caller has checked access. Each method throws when the database cannot be reached. */
export interface WritingSessions {
  /**
   * Sessions up to a position, newest first. A session ends with a pause of ten minutes, and at certain positions: a page is made
   * of a bounded number of edits, however long the draft is (I9), and may have fewer sessions than `limit`. Every edit is in
   * exactly one session, and where sessions begin does not change when more is written.
   * @param page.through a position that the draft has reached, or 0
   */
  list(documentId: string, page: { limit: number; through: number }): Promise<WritingSessionList>;
  /** When the edits at some positions were committed, and by whom. Position 0 has no edit. */
  moments(documentId: string, seqs: readonly number[]): Promise<Moment[]>;
}
