/** What search and lists know of drafts: a projection that may lag behind, and never goes back. */

export interface DraftText {
  documentId: string;
  /** Position of the draft at which it was read. */
  seq: number;
  /** Null: the draft has no title of its own, and the document keeps the one it has; so with its summary. */
  title: string | null;
  summary: string;
  text: string;
}

export interface DraftTextStore {
  /**
   * Stores texts that are newer than the stored ones, and copies titles and summaries of drafts to their documents. Returns
   * the documents whose title or summary changed.
   */
  project(texts: readonly DraftText[]): Promise<string[]>;
  /** Documents whose latest edits were not projected although their draft is idle: left by a node that died. */
  behind(limit: number): Promise<string[]>;
}
