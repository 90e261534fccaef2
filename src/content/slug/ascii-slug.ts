/** Slugs in ASCII, for sites whose readers cannot type the script of the title. The tables are loaded when the first one is made. */
import { slugOf } from './slug-of.ts';

/** `Größe` becomes `grosse`, `Москва` `moskva`; empty if nothing is left. */
export async function asciiSlugOf(text: string): Promise<string> {
  const { default: transliterate } = await import('any-ascii');
  // Word by word: what stands for one letter may have a character that parts words.
  const words = slugOf(text)
    .split('-')
    .map((word) => transliterate(word).replace(/[^a-z0-9]+/gi, ''));
  return slugOf(words.join('-'));
}
