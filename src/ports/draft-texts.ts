/** What search and lists know of drafts: a projection that may lag behind, and never goes back. */

export interface DraftText {
  documentId: string;
  /** Position of the draft that this was read at. */
  seq: number;
  /** Null: the draft has no title of its own, and the document keeps the one it has; so with its summary. */
  title: string | null;
  summary: string;
  text: string;
}

export interface DraftTexts {
  /**
   * Stores what is newer than what is there; documents' titles and summaries become the drafts'. Returns the documents of
   * which one of these changed.
   */
  project(texts: readonly DraftText[]): Promise<string[]>;
  /** Documents whose draft went on and then rested without being projected: left by a node that died. */
  behind(limit: number): Promise<string[]>;
}
