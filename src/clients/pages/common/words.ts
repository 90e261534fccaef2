/** Counts words. Scripts that write without spaces count by the character, as their authors do. */

const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}';
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}'’_-])+`, 'gu');
const HAS_LETTER = /[\p{L}\p{N}]/u;

/** The number of words in a text. */
export function countWords(text: string): number {
  let count = 0;
  for (const [word] of text.matchAll(WORD)) if (HAS_LETTER.test(word)) count += 1;
  return count;
}
