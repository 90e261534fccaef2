/** How a person looks on the pages: a hue and initials, both derived from the handle alone, the same on every screen. */

/** Number of hues in the style sheet: classes `hue-0` to `hue-11`. */
const HUES = 12;

/** Style class of a handle's colour. */
export function hueClass(handle: string): string {
  let hash = 0x811c9dc5;
  for (const character of handle) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return `hue-${(hash >>> 0) % HUES}`;
}

/** One or two letters that stand for a handle: `ana-maria` gives `AM`, `ben` gives `B`. */
export function initials(handle: string): string {
  const [first = '?', second = ''] = handle.split(/[-_]+/).filter((part) => part !== '');
  return (first.slice(0, 1) + second.slice(0, 1)).toUpperCase();
}
