/**
 * Text of a draft outside of what is published. Each stock editor has a root type of its own (Quill `quill`, Tiptap
 * `default`, Lexical `root`): a draft written there has an empty body, and must not be taken for an empty text.
 *
 * Reads the document as it is: asking Yjs for a root by a type makes it that type for whoever asks later.
 */
import * as Y from 'yjs';
import { cleanText } from '../model/clean.ts';
import type { Body, Node } from '../model/types.ts';

/** Names of roots that an answer has room for; whoever sees the first knows where to look. */
const MAX_NAMES = 3;

/** Whether readers would see nothing of it. */
export function isBlank(body: Body): boolean {
  const isBlankNode = ({ type, text, content }: Node): boolean =>
    type !== 'horizontalRule' && (text ?? '').trim() === '' && (content ?? []).every(isBlankNode);
  return body.content.every(isBlankNode);
}

/** Names of the roots that hold text or embeds, the body's own too where its text stands in a form that is not read. */
export function rootsWithText(doc: Y.Doc): string[] {
  const names: string[] = [];
  for (const [name, type] of doc.share) {
    if (holdsText(type)) names.push(name);
    if (names.length === MAX_NAMES) break;
  }
  return names;
}

type AnyType = Y.ContentType['type'];

/** Nesting is the sender's choice: no recursion. */
function holdsText(root: AnyType): boolean {
  const types: AnyType[] = [root];
  const visit = ({ content, deleted }: Y.Item): boolean => {
    if (deleted) return false;
    if (content instanceof Y.ContentType) types.push(content.type);
    return content instanceof Y.ContentEmbed || (content instanceof Y.ContentString && isSaying(content.str));
  };
  for (let type = types.pop(); type !== undefined; type = types.pop()) {
    for (let item = type._start; item !== null; item = item.right) if (visit(item)) return true;
    for (const item of type._map.values()) if (visit(item)) return true;
  }
  return false;
}

const isSaying = (text: string): boolean => cleanText(text).trim() !== '';
