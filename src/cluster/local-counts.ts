/**
 * Counts of a node that runs alone: in process, lost with it but for what was written. Unique readers are counted up to a
 * number (I9); beyond it no new ones are counted that day.
 */
import type { Batch, CountStore } from '../ports/counts.ts';

export interface LocalCountsOptions {
  newId(): string;
  newSalt(): string;
  /** Unique readers of all documents and of the last two days. */
  maxReaders: number;
}

export function createLocalCounts({ newId, newSalt, maxReaders }: LocalCountsOptions): CountStore {
  const salts = new Map<string, string>();
  /** By day and document. */
  const seen = new Map<string, Set<string>>();
  const batches = new Map<string, Batch>();
  let views = new Map<string, number>();
  let changed = new Set<string>();
  let readers = 0;
  let last = 0;

  /** Days before the last two are over. */
  function forgetBefore(day: string): void {
    for (const key of [...seen.keys()]) {
      if (key.slice(0, day.length) >= day) continue;
      readers -= seen.get(key)?.size ?? 0;
      seen.delete(key);
    }
  }

  return {
    async salt(day) {
      const salt = salts.get(day) ?? newSalt();
      salts.set(day, salt);
      const [first, second] = salts.keys();
      if (salts.size > 2 && first !== undefined && second !== undefined) {
        salts.delete(first);
        forgetBefore(second);
      }
      return salt;
    },

    async add(number, counts) {
      if (number <= last) return;
      last = number;
      for (const [documentId, n] of counts.views) views.set(documentId, (views.get(documentId) ?? 0) + n);
      for (const { documentId, day, hashes } of counts.readers) {
        const key = `${day}:${documentId}`;
        const known = seen.get(key) ?? new Set();
        for (const hash of hashes) {
          if (readers >= maxReaders || known.has(hash)) continue;
          known.add(hash);
          readers += 1;
        }
        seen.set(key, known);
        changed.add(key);
      }
    },

    async cut() {
      if (views.size === 0 && changed.size === 0) return undefined;
      const id = newId();
      const counted = [...changed].map((key) => {
        const [day = '', documentId = ''] = key.split(':');
        return { day, documentId, readers: seen.get(key)?.size ?? 0 };
      });
      batches.set(id, { views, readers: counted });
      views = new Map();
      changed = new Set();
      return id;
    },

    abandoned: async () => [...batches.keys()],
    read: async (id) => batches.get(id),
    async done(id) {
      batches.delete(id);
    },
  };
}
