/** What a draft lacks that readers would miss: a title, a text. Pure. */
import * as Y from 'yjs';
import { BODY, META } from '../../../../content/model/names.ts';
import { UNTITLED } from '../../../../content/model/untitled.ts';

export interface MissingParts {
  readonly title: boolean;
  readonly text: boolean;
}

/** Ends at the first letter, so that a long text costs no more than a short one. */
function hasText(node: unknown): boolean {
  if (node instanceof Y.XmlText) {
    return node.toDelta().some(({ insert }: { insert: unknown }) => typeof insert === 'string' && insert.trim() !== '');
  }
  return node instanceof Y.XmlFragment && node.toArray().some(hasText);
}

/** @param documentTitle that of the document, which a draft without a title of its own is published under */
export function missingParts(ydoc: Y.Doc, documentTitle: string): MissingParts {
  const own: unknown = ydoc.getMap(META).get('title');
  const title = typeof own === 'string' ? own : documentTitle === UNTITLED ? '' : documentTitle;
  return { title: title.trim() === '', text: !hasText(ydoc.getXmlFragment(BODY)) };
}
