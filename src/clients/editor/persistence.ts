/** Keeps a document on the device, so that nothing typed is lost with the page. A port: browsers use IndexedDB. */
import type { Doc } from 'yjs';

export interface Persisted {
  /** True for changes that came from the device's store: they are not new. */
  isOrigin(origin: unknown): boolean;
  /** Client ids that were written under on this device and whose work a server may lack; as they were when it was loaded. */
  readonly clientIds?: readonly number[];
  /** Keeps more such client ids, and drops others. Those of other windows on the document stay. */
  changeClientIds?(added: readonly number[], dropped: readonly number[]): void;
  /**
   * What was written under a client id stands under another one from now on: keeps the document as it is and what other
   * windows wrote, also renamed, in place of all that was kept before. See `renamedState`.
   */
  replace?(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}

export interface Persistence {
  /** Loads what is kept into the document and keeps every further change. Resolves when loaded; never rejects. */
  attach(documentId: string, doc: Doc): Promise<Persisted | undefined>;
}
