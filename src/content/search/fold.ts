/**
 * Words as search compares them: without case and accents, and in one form where people type several. What is searched and what
 * is searched for are folded alike, and the database has no part in it: its locale and its extensions change nothing. Pure.
 *
 * Letters stay letters: the signs for vowels of Indic scripts and the voicing marks of kana are no accents. Hangul is taken apart
 * into the letters of its syllables, so that a syllable that is still being typed is the beginning of a word.
 */

/** Letters of a word that count, UTF-16 code units: longer words are known by their beginning. */
const MAX_LENGTH = 64;
/** So many are looked at, accents included. I10: a text may be one word. */
const MAX_READ = 256;

const ASCII = /^[a-z0-9]*$/;
/** With what cannot be seen, and with the stroke that stretches Arabic words. */
const ACCENTS =
  /[[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Cyrillic}]]--[\u3099\u309A]]\p{DI}\u0640]/gv;
/** What a compatibility decomposition may leave, such as the slash of ½. */
const NO_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu;

/** What Unicode does not take apart, final forms, and letters that keyboards of several languages have in forms of their own. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ...pairs('ß ss æ ae œ oe ø o đ d ð d ł l þ th ħ h ı i ŋ n ŧ t ґ г ς σ'),
  ...pairs('ך כ ם מ ן נ ף פ ץ צ'),
  ...pairs('ٱ ا ة ه ى ي ی ي ک ك'),
  ...[0x660, 0x6f0, 0x966].flatMap((zero) =>
    Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(zero + digit), String(digit)] as const),
  ),
]);
const ODD_LETTERS = new RegExp(`[${[...LETTERS.keys()].join('')}]`, 'g');

function pairs(list: string): (readonly [string, string])[] {
  const items = list.split(' ');
  return Array.from({ length: items.length / 2 }, (_, n) => [items[n * 2] ?? '', items[n * 2 + 1] ?? '']);
}

/** Without half of a character at its end. */
const cut = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

/** @param word letters, digits and marks; `Ciarán` becomes `ciaran`, `Größe` becomes `grosse` */
export function fold(word: string): string {
  const lower = cut(word, MAX_READ).toLowerCase();
  if (ASCII.test(lower)) return cut(lower, MAX_LENGTH);
  const folded = lower
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(ODD_LETTERS, (letter) => LETTERS.get(letter) ?? letter)
    .replace(NO_LETTERS, '');
  return cut(folded, MAX_LENGTH);
}
