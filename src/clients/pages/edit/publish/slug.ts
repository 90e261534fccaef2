/** Names in addresses, as the API takes them: small letters, digits and hyphens inside. */

/** Longest name; the API's limit. */
const MAX_LENGTH = 80;

/** A name for an address, made of what a person typed: `Über uns!` becomes `uber-uns`; empty if nothing can be. */
export function slugOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, '');
}
