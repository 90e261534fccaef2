/** What a draft lacks that readers would miss: a title, a text; and how that is said. Pure. */
import * as Y from 'yjs';
import { BODY, META } from '../../../../content/model/names.ts';
import { UNTITLED } from '../../../../content/model/untitled.ts';
import { missing as texts } from '../../../../messages/en/publish.ts';

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

/** What readers would miss, in a sentence; empty when nothing is. */
export function missingText({ title, text }: MissingParts): string {
  if (title && text) return texts.both;
  if (title) return texts.title;
  return text ? texts.text : '';
}
