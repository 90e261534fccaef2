/**
 * What admission needs to know of the document that an update is for, read from a Y.Doc.
 * Knows Yjs's struct store; does not know updates, users or limits.
 */

import type { AbstractType, Doc } from 'yjs';
import { type GC, getItem, getState, ID, Item } from 'yjs';

/** The nesting of collected content: whatever refers to it will be collected too. */
export const COLLECTED = -1;

/** Packs the number of shared types that an item is nested in, and whether it is a map entry. */
export function packNesting(depth: number, keyed: boolean): number {
  return depth * 2 + (keyed ? 1 : 0);
}

export function depthOf(at: number): number {
  return at >> 1;
}

export function isKeyed(at: number): boolean {
  return (at & 1) === 1;
}

/** The document as admission sees it. */
export type UpdateBase = {
  /** The next clock expected of this client; 0 if it has written nothing. */
  clockOf(client: number): number;
  /** The packed nesting of the struct with this id, or `COLLECTED`. Called only for ids below `clockOf(client)`. */
  nestingOf(client: number, clock: number): number;
  /** What this client has written, in order; of deleted content maybe no more than its length. */
  structsOf(client: number): readonly (Item | GC)[];
  /** Whether a shared type is the root type of that name. */
  isRoot(type: unknown, name: string): boolean;
};

const NOTHING: readonly (Item | GC)[] = [];

/** The present state of a Y.Doc: results change as updates are applied. Each call costs a binary search. */
export function baseOf(doc: Doc): UpdateBase {
  return {
    clockOf: (client) => getState(doc.store, client),
    nestingOf: (client, clock) => {
      const struct: Item | GC = getItem(doc.store, new ID(client, clock));
      if (!(struct instanceof Item)) return COLLECTED;
      let depth = 0;
      for (let item = parentItem(struct); item !== null; item = parentItem(item)) depth++;
      return packNesting(depth, struct.parentSub !== null);
    },
    // Skips stand in what is pending alone, never in the store.
    structsOf: (client) => (doc.store.clients.get(client) ?? NOTHING) as readonly (Item | GC)[],
    isRoot: (type, name) => doc.share.get(name) === (type as AbstractType<unknown>),
  };
}

function parentItem(item: Item): Item | null {
  const { parent } = item;
  return parent !== null && '_item' in parent ? parent._item : null;
}
