/** Where in a document a part is that cannot be saved: what an author, or an application, needs to find it. */
import * as Y from 'yjs';
import type { StructId } from './split.ts';
import type { PartLocation } from './status.ts';

export function locationOf(ydoc: Y.Doc, { client, clock, bytes }: StructId): PartLocation {
  const path: (string | number)[] = [];
  let struct: Y.Item | Y.GC | null = Y.getItem(ydoc.store, new Y.ID(client, clock));
  while (struct instanceof Y.Item) {
    const parent = struct.parent as Y.AbstractType<unknown>;
    path.unshift(struct.parentSub ?? indexOf(struct));
    if (parent._item === null) return { root: Y.findRootTypeKey(parent), path, bytes };
    struct = parent._item;
  }
  // Collected meanwhile: it is nowhere any more.
  return { root: '', path: [], bytes };
}

function indexOf(item: Y.Item): number {
  let index = 0;
  for (let left = item.left; left; left = left.left) if (!left.deleted && left.countable) index += left.length;
  return index;
}
