/** Slugs made of what people write: titles, and what they type into a field for an address. Pure. */
import { isSlug, MAX_SLUG_BYTES, MAX_SLUG_CHARACTERS } from '../../../schemas/slug.ts';

/** Of titles that have no letter and no digit. */
export const UNTITLED_SLUG = 'untitled';

/** Inside a word they part nothing: `don't` is one word. The others cannot be seen. */
const PART_NOTHING = /['’]|\u00ad|\u200d|\u2060|\ufeff|\p{Variation_Selector}/gu;
/** What JavaScript makes of the capital of Turkish `i`. */
const DOTTED_I = 'i\u0307';
const NO_LETTER = /[^\p{L}\p{M}\p{N}]+/gu;
/** Invisible letters, such as the Hangul filler; and marks that follow no letter. */
const INVISIBLE = /\p{DI}+/gu;
const LONE_MARKS = /(^|-)\p{M}+/gu;

const encoder = new TextEncoder();

/**
 * As long as it may be: whole words if that leaves half of it, and no letter without its marks.
 * @param room characters that are left free
 */
function cut(slug: string, room = 0): string {
  const letters = slug.match(/[^\p{M}]\p{M}*/gu) ?? [];
  let bytes = room;
  let characters = room;
  const kept = letters.findIndex((letter) => {
    bytes += encoder.encode(letter).length;
    characters += [...letter].length;
    return bytes > MAX_SLUG_BYTES || characters > MAX_SLUG_CHARACTERS;
  });
  if (kept === -1) return slug;
  const whole = letters.slice(0, kept).join('');
  const end = letters[kept] === '-' ? whole.length : whole.lastIndexOf('-');
  return whole.slice(0, end > whole.length / 2 ? end : whole.length).replace(/-+$/, '');
}

/** `Über uns!` becomes `über-uns`, `春の北` stays as it is; empty if there is no letter and no digit. */
export function slugOf(text: string): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(DOTTED_I, 'i')
    .normalize('NFC')
    .replace(PART_NOTHING, '')
    .replace(NO_LETTER, '-')
    .replace(INVISIBLE, '')
    .replace(LONE_MARKS, '$1')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
  const slug = cut(words);
  return isSlug(slug) ? slug : '';
}

/** The slug as it is stored, whatever form an address has it in: `Ü` as one character or as two; undefined if it can be none. */
export function normalSlug(text: string): string | undefined {
  const normal = text.normalize('NFC').toLowerCase().normalize('NFC');
  return isSlug(normal) ? normal : undefined;
}

/** `storm-2`: the same slug for another document. */
export function numberedSlug(slug: string, number: number): string {
  const suffix = `-${number}`;
  return `${cut(slug, suffix.length)}${suffix}`;
}
