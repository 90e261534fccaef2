/** Tells tables that only place what they hold from tables of data: mails and old pages are full of them. */
import { type DefaultTreeAdapterTypes, defaultTreeAdapter } from 'parse5';

type Tree = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Tables that say so of themselves, and those that hold another table. One pass over the tree. */
export function layoutTables(roots: readonly Tree[]): ReadonlySet<Element> {
  const found = new Set<Element>();
  const waiting: { node: Tree; table: Element | null }[] = roots.map((node) => ({ node, table: null }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    if (!defaultTreeAdapter.isElementNode(node)) continue;
    let { table } = next;
    if (node.tagName === 'table') {
      if (table !== null) found.add(table);
      if (node.attrs.some(({ name, value }) => name === 'role' && /^\s*(?:presentation|none)\s*$/i.test(value)))
        found.add(node);
      table = node;
    }
    for (const child of node.childNodes) waiting.push({ node: child, table });
  }
  return found;
}
