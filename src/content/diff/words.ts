/** Texts in words. */

const WORD = /[\p{L}\p{N}\p{M}_]+|\s+|./gsu;

/** Words, runs of spaces, and single other characters; joined they are the text. */
export function words(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Scripts without spaces make one word of a sentence: its pieces count. */
const SPOKEN = /[\p{L}\p{N}\p{M}_]{1,12}/gu;

/** What one would say of a text, without what stands between. */
export function comparedWords(text: string): string[] {
  return text.match(SPOKEN) ?? [];
}
