/** Keeps documents in the browser's IndexedDB. Where there is none (private windows), nothing is kept and nothing breaks. */
import { IndexeddbPersistence } from 'y-indexeddb';
import type { Doc } from 'yjs';
import type { Persisted, Persistence } from './persistence.ts';

/** A store that does not open within this time is left alone, milliseconds. */
const OPEN_TIMEOUT_MS = 3_000;

/** @param prefix tells this site's stores, or this user's, from others on the device */
export function indexedDbPersistence(prefix = 'stet:'): Persistence {
  return {
    async attach(documentId: string, doc: Doc): Promise<Persisted | undefined> {
      if (typeof indexedDB === 'undefined') return undefined;
      try {
        const store = new IndexeddbPersistence(`${prefix}${documentId}`, doc);
        const timeout = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), OPEN_TIMEOUT_MS));
        await Promise.race([store.whenSynced, timeout]);
        return {
          isOrigin: (origin) => origin === store,
          close: () => store.destroy(),
        };
      } catch {
        return undefined;
      }
    },
  };
}
