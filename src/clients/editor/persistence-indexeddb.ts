/** Keeps documents in the browser's IndexedDB. Where there is none (private windows), nothing is kept and nothing breaks. */
import { IndexeddbPersistence } from 'y-indexeddb';
import type { Doc } from 'yjs';
import type { Persisted, Persistence } from './persistence.ts';
import { renamedState } from './rename-client.ts';

/**
 * A store that does not open within this time is not waited for, milliseconds. Long, for what opens later brings its work
 * without the client ids that it was written under.
 */
const OPEN_TIMEOUT_MS = 10_000;
/** Of y-indexeddb's store for whatever belongs to a document. */
const CLIENT_IDS = 'stet:client-ids';

/** What is used of an IndexedDB request, for programs that are checked without a browser's types. */
interface StoreRequest<T> {
  readonly result: T;
  addEventListener(type: 'success', listener: () => void): void;
}

/**
 * Keeps documents in the browser's IndexedDB; a window without one keeps nothing, and neither does Node.
 * @param prefix tells this site's stores, or this user's, from others on the device
 */
export function indexedDbPersistence(prefix = 'stet:'): Persistence {
  return {
    async attach(documentId: string, doc: Doc): Promise<Persisted | undefined> {
      if (!('indexedDB' in globalThis)) return undefined;
      try {
        const store = new IndexeddbPersistence(`${prefix}${documentId}`, doc);
        const timeout = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), OPEN_TIMEOUT_MS));
        // Asked for with the updates, not after them: they are to be of one moment.
        const asked: Promise<unknown> = store.get(CLIENT_IDS);
        const clientIds = await Promise.race([store.whenSynced.then(() => asked), timeout]);
        return {
          isOrigin: (origin) => origin === store,
          clientIds: idsIn(clientIds),
          changeClientIds: (added, dropped) => changeClientIds(store, added, dropped),
          replace: (from, to) => replaceUpdates(store, (kept) => renamedState(kept, doc, from, to)),
          close: () => store.destroy(),
        };
      } catch {
        return undefined;
      }
    },
  };
}

const idsIn = (kept: unknown): number[] => (Array.isArray(kept) ? kept.filter((id) => Number.isInteger(id)) : []);

/**
 * In one transaction, once the store is open: it may open later than was waited for, and keeps the updates then, too. As with
 * updates, a store that takes nothing costs what it would have kept, and no more.
 */
function changeClientIds(store: IndexeddbPersistence, added: readonly number[], dropped: readonly number[]): void {
  if (!store.db) {
    store.whenSynced.then(
      () => store.db && changeClientIds(store, added, dropped),
      () => undefined,
    );
    return;
  }
  try {
    const custom = store.db.transaction(['custom'], 'readwrite').objectStore('custom');
    const kept: StoreRequest<unknown> = custom.get(CLIENT_IDS);
    kept.addEventListener('success', () => {
      const ids = new Set([...idsIn(kept.result), ...added]);
      for (const id of dropped) ids.delete(id);
      custom.put([...ids], CLIENT_IDS);
    });
  } catch {
    // Closed, or refused.
  }
}

/** In one transaction: a page that ends meanwhile finds all of the old or all of the new. */
function replaceUpdates(
  { db }: IndexeddbPersistence,
  renamed: (kept: readonly Uint8Array[]) => Uint8Array,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!db) {
      resolve();
      return;
    }
    const transaction = db.transaction(['updates'], 'readwrite');
    const updates = transaction.objectStore('updates');
    const kept: StoreRequest<Uint8Array[]> = updates.getAll();
    kept.addEventListener('success', () => {
      updates.clear();
      updates.add(renamed(kept.result));
    });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
