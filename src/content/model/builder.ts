/**
 * Builds a body that is valid under the schema out of nodes that come in any order and nesting. Shared by all lenient
 * readers; knows nothing of what they read. What does not fit is mended the way HTML parsers do it: text outside of a
 * paragraph gets one, a block ends the paragraph it stands in, what is nested too deep stays where depth ends.
 *
 * Invariant: whatever is called in whatever order, `finish` returns a valid body no deeper than `MAX_DEPTH`.
 */
import { MAX_DEPTH, MAX_NODES, MAX_TEXT } from './limits.ts';
import { type Getter, nodeAttrs, SHAPES, type Shape, sameMarks } from './shape.ts';
import { FillerBudget, TableBuilder } from './table-builder.ts';
import type { Body, Mark, Node } from './types.ts';

interface Open {
  readonly node: Node;
  readonly shape: Shape;
  /** Of a table, and of what stands in one. */
  readonly table: TableBuilder | null;
}

/** Deepest that a node of a shape may be, so that what it must hold still fits below it. */
const DEEPEST: Readonly<Record<Shape, number>> = {
  items: MAX_DEPTH - 3,
  blocks: MAX_DEPTH - 2,
  item: MAX_DEPTH - 2,
  rows: MAX_DEPTH - 4,
  cells: MAX_DEPTH - 3,
  cell: MAX_DEPTH - 2,
  inline: MAX_DEPTH - 1,
  code: MAX_DEPTH - 1,
  nothing: MAX_DEPTH,
};

const NO_ATTRS: Getter = () => undefined;

export class BodyBuilder {
  readonly #root: Body = { type: 'doc', content: [] };
  /** From the body down to the node that is being filled; a node's index is its depth. */
  readonly #open: Open[] = [{ node: this.#root, shape: 'blocks', table: null }];
  readonly #fillers = new FillerBudget();
  #nodes = 1;
  #characters = 0;
  #tableExcess: string | null = null;

  /** Says what is too large for a body that comes from outside (I9). */
  get excess(): string | null {
    if (this.#tableExcess !== null) return this.#tableExcess;
    if (this.#nodes + this.#fillers.nodes > MAX_NODES) return `The text has more than ${MAX_NODES} nodes.`;
    return this.#characters > MAX_TEXT ? `The text is longer than ${MAX_TEXT} characters.` : null;
  }

  /** Opens a block, if it may stand here; else its content goes where it would have stood. `close` takes the answer. */
  open(type: string, get: Getter = NO_ATTRS): number {
    this.#endText();
    const level = this.#open.length;
    const shape = SHAPES.get(type);
    if (shape === undefined || shape === 'nothing' || type === 'doc') return level;
    if (!this.#enter(shape)) return level;
    if (this.#open.length <= DEEPEST[shape]) this.#push(type, shape, get);
    return level;
  }

  /** Ends what was opened since `open` gave this answer. */
  close(level: number): void {
    while (this.#open.length > level) this.#pop();
  }

  text(text: string, marks: readonly Mark[] = []): void {
    if (text === '') return;
    this.#enterInline();
    this.#characters += text.length;
    const own = this.#top.shape === 'code' ? [] : marks;
    const last = this.#top.node.content?.at(-1);
    if (last?.text !== undefined && sameMarks(last.marks ?? [], own)) last.text += text;
    else this.#add(own.length > 0 ? { type: 'text', marks: [...own], text } : { type: 'text', text });
  }

  hardBreak(): void {
    this.#enterInline();
    if (this.#top.shape === 'code') this.text('\n');
    else this.#add({ type: 'hardBreak' });
  }

  horizontalRule(): void {
    this.#endText();
    this.#enterBlocks('nothing');
    this.#add({ type: 'horizontalRule' });
  }

  /** Takes one character off the end of the text that is being written, if it is this one. */
  trimEnd(character: string): void {
    const { node } = this.#top;
    const last = this.inline?.last;
    if (last?.text === undefined || !last.text.endsWith(character)) return;
    last.text = last.text.slice(0, -character.length);
    if (last.text === '') this.#removeLast(node);
  }

  /** Takes one break off the end of the text that is being written. */
  trimBreak(): void {
    if (this.inline?.last?.type === 'hardBreak') this.#removeLast(this.#top.node);
  }

  /** The block that text would go on in, if one is open already: whether it is code, and what it ends with so far. */
  get inline(): { readonly code: boolean; readonly last: Node | undefined } | null {
    const { node, shape } = this.#top;
    return shape === 'inline' || shape === 'code' ? { code: shape === 'code', last: node.content?.at(-1) } : null;
  }

  finish(): Body {
    this.close(1);
    if (this.#root.content.length === 0) this.#add({ type: 'paragraph' });
    return this.#root;
  }

  get #top(): Open {
    return this.#open.at(-1)!;
  }

  #add(node: Node): void {
    const { node: parent, shape } = this.#top;
    parent.content ??= [];
    if (shape === 'item' && parent.content.length === 0 && node.type !== 'paragraph') {
      parent.content.push({ type: 'paragraph' });
      this.#nodes += 1;
    }
    parent.content.push(node);
    this.#nodes += 1;
  }

  #push(type: string, shape: Shape, get: Getter = NO_ATTRS): void {
    const attrs = nodeAttrs(type, get);
    const node: Node = attrs === undefined ? { type } : { type, attrs };
    const { node: parent, table } = this.#top;
    if (shape === 'cell') table?.coverSpans(parent);
    this.#add(node);
    if (shape === 'cell') table?.spread(parent, type, get);
    this.#open.push({ node, shape, table: shape === 'rows' ? new TableBuilder(node, this.#fillers) : table });
  }

  #pop(): void {
    const { node, shape, table } = this.#open.pop()!;
    if (shape === 'cells') table?.coverSpans(node);
    if (shape === 'rows') this.#finishTable(table!);
    const isEmpty = node.content === undefined || node.content.length === 0;
    if (!isEmpty || shape === 'rows') return;
    // A list without items, a row without cells and a quote without blocks do not exist; an item and a cell have a paragraph.
    if (shape === 'items' || shape === 'blocks' || shape === 'cells') this.#removeLast(this.#top.node);
    else if (shape === 'item' || shape === 'cell') {
      node.content = [{ type: 'paragraph' }];
      this.#nodes += 1;
    }
  }

  #finishTable(table: TableBuilder): void {
    const instead = table.finish();
    if (instead === null) return;
    this.#tableExcess ??= instead.excess;
    const { node: parent } = this.#top;
    this.#removeLast(parent);
    if (instead.blocks.length > 0) parent.content = [...(parent.content ?? []), ...instead.blocks];
  }

  #removeLast(parent: Node): void {
    parent.content!.pop();
    this.#nodes -= 1;
    if (parent.content!.length === 0 && parent !== this.#root) delete parent.content;
  }

  #endText(): void {
    if (this.#top.shape === 'inline' || this.#top.shape === 'code') this.#pop();
  }

  /** Makes the top a node that one of this shape may stand in; false where there is none. */
  #enter(shape: Shape): boolean {
    const { shape: top, table } = this.#top;
    switch (shape) {
      case 'item':
        return top === 'items';
      case 'cells':
        return top === 'rows';
      case 'cell':
        if (top === 'rows') this.#push('tableRow', 'cells');
        return top === 'rows' || top === 'cells';
      case 'rows':
        if (table === null) this.#enterBlocks(shape);
        return table === null;
      default:
        this.#enterBlocks(shape);
        return true;
    }
  }

  /** Makes the top a node that a block may stand in. A list inside of a list belongs to the item before it. */
  #enterBlocks(shape: Shape): void {
    if (this.#top.shape === 'rows') this.#push('tableRow', 'cells');
    if (this.#top.shape === 'cells') this.#push('tableCell', 'cell');
    if (this.#top.shape !== 'items') return;
    const { node, table } = this.#top;
    const last = node.content?.at(-1);
    if (shape === 'items' && last !== undefined) this.#open.push({ node: last, shape: 'item', table });
    else this.#push('listItem', 'item');
  }

  #enterInline(): void {
    if (this.#top.shape === 'inline' || this.#top.shape === 'code') return;
    this.#enterBlocks('inline');
    this.#push('paragraph', 'inline');
  }
}
