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

export interface IndexedTexts {
  /** The last document that was indexed; undefined: no more are behind, or another node indexes them. */
  last: string | undefined;
  /** What could not be indexed, and why. */
  failed: { documentId: string; error: unknown }[];
}

export interface DraftTextStore {
  /**
   * Stores texts that are newer than the stored ones, indexes their words, and copies titles and summaries of drafts to their
   * documents. Returns the documents whose title or summary changed.
   */
  project(texts: readonly DraftText[]): Promise<string[]>;
  /** Documents whose latest edits were not projected although their draft is idle: left by a node that died. */
  behind(limit: number): Promise<string[]>;
  /**
   * Indexes the words of stored texts that have none, or earlier ones: from before an upgrade, or from a node of the version before.
   * @param after `last` of the call before; undefined: from the beginning
   */
  index(after: string | undefined): Promise<IndexedTexts>;
}
