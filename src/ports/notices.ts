/**
 * Messages of the cluster channel `document:{id}`: publications and changes of a document, sent after commit. They may be lost
 * (I7): receivers also read the present state when they connect, and periodically.
 */
export type DocumentNotice =
  | { kind: 'published'; revision: number }
  | { kind: 'unpublished' }
  /** Title, summary, slug or visibility. */
  | { kind: 'changed' }
  | { kind: 'deleted' }
  | { kind: 'restored' };

export const documentChannel = (documentId: string): string => `document:${documentId}`;

/**
 * Whether lists of public documents may show a difference: the document was public before the change, or is after it, and more of
 * it changed than title and summary of its draft. Only what is certain not to change them may say so (I6).
 */
export interface ListsChange {
  readonly changesLists: boolean;
}

/** Publishes a committed change of a document to all nodes. Must not throw. Without `lists` it may change them. */
export type Notify = (channel: string, notice: DocumentNotice, lists?: ListsChange) => void;
