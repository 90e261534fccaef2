/** Strings as content may hold them: well-formed, no control characters but tab and line feed (PostgreSQL has no U+0000). */
import { MAX_LINK_TITLE, MAX_SUMMARY, MAX_TITLE } from './limits.ts';

/** Controls, and the code points that Unicode gives to nobody: character references cannot say them. */
const CONTROLS = /(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}/gu;
const BREAKS = /\s*[\p{Cc}\u2028\u2029]+\s*/gu;

/** Text of a node. Controls are dropped; every old kind of line break becomes a line feed. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half of a surrogate pair must not stay behind.
  const end = text.codePointAt(length - 1)! > 0xffff ? length - 1 : length;
  return text.slice(0, end);
}

function oneLine(text: string, length: number): string {
  // Cut before as well: the expression takes quadratic time on long runs of spaces.
  return cut(
    cut(text, 4 * length)
      .toWellFormed()
      .replace(BREAKS, ' '),
    length,
  );
}

export const cleanTitle = (title: string): string => oneLine(title, MAX_TITLE);
export const cleanLinkTitle = (title: string): string => oneLine(title, MAX_LINK_TITLE);
export const cleanSummary = (summary: string): string => cut(cleanText(cut(summary, 4 * MAX_SUMMARY)), MAX_SUMMARY);
