/** What a device keeps of documents between page loads, in memory; every page load is one `attach`. */
import * as Y from 'yjs';
import type { Persistence } from '../../src/clients/editor/persistence.ts';
import { renamedState } from '../../src/clients/editor/rename.ts';

export function device(): Persistence {
  const kept = new Map<string, { updates: Uint8Array[]; clientIds: readonly number[] }>();
  return {
    async attach(documentId, ydoc) {
      const origin = {};
      const entry = kept.get(documentId) ?? { updates: [], clientIds: [] };
      kept.set(documentId, entry);
      for (const update of entry.updates) Y.applyUpdate(ydoc, update, origin);
      const keep = (update: Uint8Array, from: unknown): void => {
        if (from !== origin) entry.updates.push(update);
      };
      entry.updates.push(Y.encodeStateAsUpdate(ydoc));
      ydoc.on('update', keep);
      return {
        isOrigin: (one) => one === origin,
        clientIds: entry.clientIds,
        keepClientIds(clientIds) {
          entry.clientIds = clientIds;
        },
        async replace(from, to) {
          entry.updates = [renamedState(entry.updates, ydoc, from, to)];
        },
        async close() {
          ydoc.off('update', keep);
        },
      };
    },
  };
}
