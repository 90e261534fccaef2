/** The slug of a new document: what is left of its title in ASCII, and some characters that make it one of a kind. */
import { randomInt } from 'node:crypto';

const MAX_CHARS = 60;
const SUFFIX_CHARS = 6;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

export function newSlug(title: string): string {
  const base = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_CHARS)
    .replace(/^-+|-+$/g, '');
  const suffix = Array.from({ length: SUFFIX_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return base === '' ? suffix : `${base}-${suffix}`;
}
