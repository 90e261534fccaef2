/**
 * What the cluster channel `document:{id}` carries: publications and changes of a document, told after commit. May be
 * lost (I7): a receiver that cares reads the present state on connection and now and then.
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
