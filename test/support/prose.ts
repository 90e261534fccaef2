/** Texts that look like language: common words come often, and no two seeds say the same. */

const COMMON = 'the of and to in a is that for it as was with be by on not he his but at are this have from'.split(' ');
const SYLLABLES = 'ka le mo ri tu ne sa vo pi da ho gu fe za ny la'.split(' ');

/** So many characters. */
export function prose(length: number, seed: number): string {
  let state = (seed + 1) >>> 0;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const word = () =>
    draw(2) === 0
      ? COMMON[draw(COMMON.length)]!
      : Array.from({ length: 1 + draw(3) }, () => SYLLABLES[draw(SYLLABLES.length)]!).join('');
  const parts = [word()];
  for (let size = parts[0]!.length; size < length; ) {
    const part = `${draw(10) === 0 ? ', ' : ' '}${word()}`;
    parts.push(part);
    size += part.length;
  }
  return parts.join('').slice(0, length).trimEnd().padEnd(length, 'x');
}
