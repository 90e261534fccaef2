// The drafts that chaos authors write: paragraphs of unique tokens such as `[7.123]`. A token is inserted whole, at a
// boundary between tokens, so concurrent authors cannot tear one apart: in every replica a token is there or it is not.
import * as Y from 'yjs';

const TOKEN = /\[[^[\]]+\]/g;

export function bodyOf(doc: Y.Doc): Y.XmlFragment {
  return doc.getXmlFragment('body');
}

/** What the next thing that is written here will be known by. */
export function nextId(doc: Y.Doc): { client: number; clock: number } {
  return { client: doc.clientID, clock: Y.getState(doc.store, doc.clientID) };
}

/** The paragraphs' texts, in order. */
export function textsOf(doc: Y.Doc): Y.XmlText[] {
  return bodyOf(doc)
    .toArray()
    .flatMap((element) => (element instanceof Y.XmlElement ? element.toArray() : []))
    .filter((child) => child instanceof Y.XmlText);
}

/** The characters without their formatting, which does not count in positions either. */
export function plain(text: Y.XmlText): string {
  return text
    .toDelta()
    .map((part: { insert: unknown }) => (typeof part.insert === 'string' ? part.insert : '?'))
    .join('');
}

export function wholeText(doc: Y.Doc): string {
  return textsOf(doc).map(plain).join('\n');
}

/** How often each token stands in a text, and what of the text is no token. */
export function countTokens(text: string): { counts: Map<string, number>; rest: string } {
  const counts = new Map<string, number>();
  for (const [token] of text.matchAll(TOKEN)) counts.set(token, (counts.get(token) ?? 0) + 1);
  return { counts, rest: text.replace(TOKEN, '').replaceAll('\n', '') };
}

/** Positions in a paragraph where a token may be inserted. */
export function boundaries(text: string): number[] {
  return [0, ...[...text.matchAll(TOKEN)].map((match) => match.index + match[0].length)];
}
