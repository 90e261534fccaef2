/** Keeps a document on the device, so that nothing typed is lost with the page. A port: browsers use IndexedDB. */
import type { Doc } from 'yjs';

export interface Persisted {
  /** True for changes that came from the device's store: they are not news. */
  isOrigin(origin: unknown): boolean;
  close(): Promise<void>;
}

export interface Persistence {
  /** Loads what is kept into the document and keeps every further change. Resolves when loaded; never rejects. */
  attach(documentId: string, doc: Doc): Promise<Persisted | undefined>;
}
