/**
 * What is Word's own in pasted HTML. Its lists are paragraphs: a style names list and level (`mso-list:l0 level2 lfo1`), and the
 * number or bullet stands in the text, in an element with the style `mso-list:Ignore`.
 */
import { STYLE } from './quiet.ts';
import { elementsIn, type TreeElement } from './tree.ts';

const LIST = /mso-list\s*:\s*(l\d+)\s+level(\d)(?:\s+(lfo\d+))?/i;
const IGNORED = /mso-list\s*:\s*ignore/i;
/** Styles for lists that come with Word: `MsoListBullet2`. */
const LIST_CLASS = /\bMsoList(Bullet|Number)(\d?)/;

export const isWord = (html: string): boolean => /urn:schemas-microsoft-com:office|class=["']?Mso/i.test(html);

export const isQuote = (className: string): boolean => /\bMso(?:Intense)?Quote/.test(className);
export const isTitle = (className: string): boolean => /\bMsoTitle/.test(className);
/** Of a paragraph without a bullet, below one that has it. */
export const isListClass = (className: string): boolean => /\bMsoList/.test(className);
export const isMarker = (style: string): boolean => IGNORED.test(style);
/** The list of all comments, below the text. */
export const isCommentList = (style: string): boolean => /mso-element\s*:\s*comment-list/i.test(style);
export const isComment = (className: string): boolean => /\b(?:MsoCommentReference|msocomanchor)/i.test(className);

/** The element with the number or bullet. */
function markerIn(element: TreeElement): TreeElement | null {
  for (const child of elementsIn(element)) {
    const found = isMarker(child.getAttribute(STYLE) ?? '') ? child : markerIn(child);
    if (found !== null) return found;
  }
  return null;
}

export interface WordItem {
  readonly list: string;
  readonly level: number;
  readonly tag: 'ul' | 'ol';
  readonly attributes: string;
}

/** How a list is numbered that begins with this; null for a bullet. */
export function numbering(marker: string): { readonly start: number; readonly type: string } | null {
  // In "1.2." the last one counts.
  const digits = /(\d{1,9})\D*$/.exec(marker)?.[1];
  if (digits !== undefined) return { start: Number(digits), type: '' };
  // A bullet of Courier New is the letter o.
  const letters = /^\(?([a-z]+)[.)]/i.exec(marker)?.[1];
  if (letters === undefined) return null;
  const isUpper = letters === letters.toUpperCase();
  if (/^(?:i|[ivxlc]{2,})$/i.test(letters)) return { start: 1, type: isUpper ? 'I' : 'i' };
  const start = letters.length === 1 ? letters.toLowerCase().charCodeAt(0) - 96 : 1;
  return { start, type: isUpper ? 'A' : 'a' };
}

export function listAttributes({ start, type }: { start: number; type: string }): string {
  return `${start === 1 ? '' : ` start="${start}"`}${type === '' ? '' : ` type="${type}"`}`;
}

/** The list item that a paragraph is; null if it is none. */
export function wordItem(paragraph: TreeElement): WordItem | null {
  const marker = markerIn(paragraph);
  const [, list, level, override = ''] = LIST.exec(paragraph.getAttribute(STYLE) ?? '') ?? [];
  const [, family, depth] = LIST_CLASS.exec(paragraph.getAttribute('class') ?? '') ?? [];
  if (marker === null && list === undefined) return null;
  const text = marker?.textContent?.trim() ?? '';
  const number = numbering(text);
  return {
    list: `${list ?? family ?? ''} ${override}`,
    level: Number(level ?? (depth || 1)),
    tag: number === null ? 'ul' : 'ol',
    attributes: number === null ? '' : listAttributes(number),
  };
}
