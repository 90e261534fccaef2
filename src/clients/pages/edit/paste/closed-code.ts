/** Code that is pasted stays a block. */
import { type Node, Slice } from '@tiptap/pm/model';

const isLong = (node: Node | null): boolean => node?.type.name === 'codeBlock' && node.textContent.includes('\n');

/** A slice whose first and last block stay blocks if they are code: open ones would become part of the paragraph around. */
export function closedCode(slice: Slice): Slice {
  const { content, openStart, openEnd } = slice;
  const [first, last] = [isLong(content.firstChild), isLong(content.lastChild)];
  return first || last ? new Slice(content, first ? 0 : openStart, last ? 0 : openEnd) : slice;
}
