/** Headings, lists, quotes and code at the ends of a paste stay what they are beside the words at the cursor. */
import { type Node, type ResolvedPos, Slice } from '@tiptap/pm/model';

/** A line joins the line at the cursor, whatever it was a line of. */
function isLine({ content }: Slice): boolean {
  let lines = 0;
  content.descendants((node) => {
    if (node.isTextblock) lines += node.type.spec.code ? node.textContent.split('\n').length : 1;
  });
  return lines === 1;
}

/** Items join the list at the cursor, and paragraphs of a quote the quote. */
function joins(name: string, $cursor: ResolvedPos): boolean {
  for (let depth = $cursor.depth - 1; depth > 0; depth--) {
    const around = $cursor.node(depth).type.name;
    if (around === name || (around === 'listItem' && /List$/.test(name))) return true;
  }
  return false;
}

/** What is open may lack what the schema asks for, such as an item without a paragraph. */
function isComplete(node: Node): boolean {
  try {
    node.check();
    return true;
  } catch {
    // ProseMirror has no other way to say so.
    return false;
  }
}

export function withWholeBlocks(slice: Slice, $cursor: ResolvedPos): Slice {
  const { content, openStart, openEnd } = slice;
  const isWhole = (node: Node | null): boolean =>
    node !== null && node.type.name !== 'paragraph' && !joins(node.type.name, $cursor) && isComplete(node);
  const [first, last] = [isWhole(content.firstChild), isWhole(content.lastChild)];
  if (isLine(slice) || !(first || last)) return slice;
  return new Slice(content, first ? 0 : openStart, last ? 0 : openEnd);
}
