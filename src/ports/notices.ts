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

/** Publishes a committed change of a document to all nodes. Must not throw. */
export type Notify = (channel: string, notice: DocumentNotice) => void;
