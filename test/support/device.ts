/** What a device keeps of documents between page loads, in memory; every page load is one `attach`. */
import * as Y from 'yjs';
import type { Persistence } from '../../src/clients/editor/persistence.ts';
import { renamedState } from '../../src/clients/editor/rename-client.ts';

/** @param slow what replacing waits for; what the same window writes meanwhile comes after it */
export function device(slow?: () => Promise<void>): Persistence {
  const kept = new Map<string, { updates: Uint8Array[]; clientIds: readonly number[] }>();
  return {
    async attach(documentId, ydoc) {
      const origin = {};
      const entry = kept.get(documentId) ?? { updates: [], clientIds: [] };
      kept.set(documentId, entry);
      for (const update of entry.updates) Y.applyUpdate(ydoc, update, origin);
      let waiting: Uint8Array[] | undefined;
      const keep = (update: Uint8Array, from: unknown): void => {
        if (from !== origin) (waiting ?? entry.updates).push(update);
      };
      entry.updates.push(Y.encodeStateAsUpdate(ydoc));
      ydoc.on('update', keep);
      return {
        isOrigin: (one) => one === origin,
        clientIds: entry.clientIds,
        changeClientIds(added, dropped) {
          entry.clientIds = [...new Set([...entry.clientIds, ...added])].filter((id) => !dropped.includes(id));
        },
        async replace(from, to) {
          waiting = [];
          if (slow) await slow();
          entry.updates = [renamedState(entry.updates, ydoc, from, to), ...waiting];
          waiting = undefined;
        },
        async close() {
          ydoc.off('update', keep);
        },
      };
    },
  };
}
