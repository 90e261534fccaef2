/** The part of the DOM that pasted HTML is read by. Types and small steps alone: any parser's tree will do. */

export interface TreeNode {
  readonly nodeType: number;
  readonly nodeValue: string | null;
  readonly textContent: string | null;
  readonly firstChild: TreeNode | null;
  readonly nextSibling: TreeNode | null;
}

export interface TreeElement extends TreeNode {
  readonly localName: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): TreeElement | null;
}

const ELEMENT = 1;
const TEXT = 3;

export const isElement = (node: TreeNode): node is TreeElement => node.nodeType === ELEMENT;
export const isText = (node: TreeNode): boolean => node.nodeType === TEXT;

export function* childrenOf(node: TreeNode): Generator<TreeNode> {
  for (let child = node.firstChild; child !== null; child = child.nextSibling) yield child;
}

export function* elementsIn(node: TreeNode): Generator<TreeElement> {
  for (const child of childrenOf(node)) if (isElement(child)) yield child;
}

/** @param list names with commas between them */
export const setOf = (list: string): ReadonlySet<string> => new Set(list.split(','));
