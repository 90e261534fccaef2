/**
 * What a slug may be: the part of a document's address behind `/d/`. Letters and digits of any script, without upper case and
 * in Unicode's composed form (NFC), with hyphens inside. No characters that cannot be seen: two addresses that look the same
 * to everybody are the same.
 */

/** I9: characters (code points) and bytes in UTF-8, of which an address has three characters each. */
export const MAX_SLUG_CHARACTERS = 80;
export const MAX_SLUG_BYTES = 200;

/** Letters but upper case, and digits. */
const BASE = '\\p{Ll}\\p{Lm}\\p{Lo}\\p{N}';

/** For regular expressions with the flag `u`. A mark follows the letter that it belongs to. */
export const SLUG_PATTERN = `^[${BASE}][${BASE}\\p{M}]*(?:-+[${BASE}][${BASE}\\p{M}]*)*$`;

const FORM = new RegExp(SLUG_PATTERN, 'u');
/** Characters without a shape of their own. */
const INVISIBLE = /\p{DI}/u;
/** Nearly all slugs are of this form, and it is quickly checked. */
const ASCII = /^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$/;
const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

export function isSlug(text: string): boolean {
  if (ASCII.test(text)) return true;
  if (text.length > MAX_SLUG_CHARACTERS * 2 || isAscii(text) || !FORM.test(text) || INVISIBLE.test(text)) return false;
  return (
    [...text].length <= MAX_SLUG_CHARACTERS &&
    new TextEncoder().encode(text).length <= MAX_SLUG_BYTES &&
    text.normalize('NFC') === text &&
    text.toLowerCase() === text
  );
}
