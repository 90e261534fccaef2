/** Rows that a paste brings without a cell: prosemirror-tables computes places in them that are no number. */
import { Fragment, type Node, Slice } from '@tiptap/pm/model';

const isHollow = ({ type, childCount }: Node): boolean =>
  childCount === 0 && (type.name === 'tableRow' || type.name === 'table');

function solid(content: Fragment): Fragment {
  const kept: Node[] = [];
  content.forEach((node) => {
    const whole = node.isTextblock ? node : node.copy(solid(node.content));
    if (!isHollow(whole)) kept.push(whole);
  });
  return Fragment.from(kept);
}

/** @returns the slice without rows that have no cell, and without tables that then have no row */
export function withoutHollowRows(slice: Slice): Slice {
  const content = solid(slice.content);
  if (content.eq(slice.content)) return slice;
  const { openStart, openEnd } = Slice.maxOpen(content);
  return new Slice(content, Math.min(slice.openStart, openStart), Math.min(slice.openEnd, openEnd));
}
