/**
 * Cells of one row and one column, whatever a draft says. prosemirror-tables asks every cell for its spans, and any
 * editor of a draft can write some: every open editor would draw a cell that spans a million columns (I10).
 */
import type { NodeType, Schema } from '@tiptap/pm/model';

/** Not enumerable: for all others a cell has no attributes, neither in JSON nor in Yjs. */
const ATTRS: object = Object.defineProperties(Object.create(null), { colspan: { value: 1 }, rowspan: { value: 1 } });

/** Where ProseMirror takes the attributes of a new node from. */
interface AttributeSource {
  defaultAttrs: object;
  computeAttrs(given: unknown): object;
}

/** To be called before the schema makes its first node. */
export function haveSingleCells({ nodes }: Schema): void {
  for (const type of [nodes.tableCell, nodes.tableHeader] as (NodeType & AttributeSource)[]) {
    type.defaultAttrs = ATTRS;
    type.computeAttrs = () => ATTRS;
  }
}
