/**
 * The language that a text is written in, where that is sure: by its script if only one language uses it, by letters that
 * only one language has, else by how often groups of three letters occur (the package `franc`). Undefined: it may be one
 * language or another. Pure; for the server alone, because the table of the package is large.
 */
import { francAll } from 'franc';

/** Characters that are looked at: more do not make it surer. I10: so that a long text costs no more than a short one. */
const LOOKED_AT = 2_000;
/** Letters of a script that tell its language. */
const ENOUGH_OF_SCRIPT = 20;
/** Groups of letters are counted in pieces of a text: a text in two languages disagrees with itself. */
const PIECE = 250;
const ENOUGH_OF_PIECE = 90;
/** Share of the letters that are of one script. */
const MOST = 0.7;
/** By how much a piece's best language must be better than the next, of 1. */
const LEAD = 0.05;

/** Scripts with one language of today each, or nearly so. */
const SCRIPTS: readonly (readonly [script: RegExp, language: string])[] = [
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Armenian}/gu, 'hy'],
  [/\p{Script=Khmer}/gu, 'km'],
  [/\p{Script=Lao}/gu, 'lo'],
  [/\p{Script=Myanmar}/gu, 'my'],
  [/\p{Script=Sinhala}/gu, 'si'],
  [/\p{Script=Tamil}/gu, 'ta'],
  [/\p{Script=Telugu}/gu, 'te'],
  [/\p{Script=Kannada}/gu, 'kn'],
  [/\p{Script=Malayalam}/gu, 'ml'],
  [/\p{Script=Gujarati}/gu, 'gu'],
  [/\p{Script=Gurmukhi}/gu, 'pa'],
  [/\p{Script=Bengali}/gu, 'bn'],
  [/\p{Script=Ethiopic}/gu, 'am'],
  [/\p{Script=Thaana}/gu, 'dv'],
];

/** Letters that decide between the languages in Cyrillic script; the first row with a letter in the text counts. */
const CYRILLIC: readonly (readonly [letters: RegExp, language: string])[] = [
  [/[ӘәҒғҚқҢңӨөҮүҺһ]/u, ''],
  [/[Ўў]/u, 'be'],
  [/[ІіЇїЄєҐґ]/u, 'uk'],
  [/[ЂђЋћ]/u, 'sr'],
  [/[ЃѓЌќЅѕ]/u, 'mk'],
  [/[ЫыЭэ]/u, 'ru'],
  [/[Ъъ]/u, 'bg'],
];

/** Languages in Latin, Arabic and Devanagari script that may be meant, as `franc` names them. */
const CANDIDATES = (
  'eng deu fra spa por ita nld afr dan nob swe fin isl est lav lit pol ces slk slv hrv srp bos hun ron tur azj uzn vie ' +
  'ind zlm tgl cat glg eus sqi mlt gle cym swh hau yor som arb pes urd ckb pbu hin mar nep'
).split(' ');
/** Galician, which is so near to Portuguese, has none of these letters. */
const NOT_GALICIAN = /[àâãçêôõ]/giu;
const ENOUGH_NOT_GALICIAN = 3;

/** With the marks that belong to them. */
const LETTER = /[\p{L}\p{M}]/gu;
const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function languageOfPiece(piece: string, only: string[]): string | undefined {
  const [[language, score] = ['und', 0], [, next] = ['und', 0]] = francAll(piece, { only });
  return language !== 'und' && score - next >= LEAD ? language : undefined;
}

/** At least half of the pieces are sure of it, and none is of another. */
function byLetterGroups(text: string): string | undefined {
  const mayBeGalician = countOf(text, NOT_GALICIAN) < ENOUGH_NOT_GALICIAN;
  const only = mayBeGalician ? CANDIDATES : CANDIDATES.filter((language) => language !== 'glg');
  const pieces = (text.match(new RegExp(`[^]{1,${PIECE}}`, 'gu')) ?? []).filter(
    (piece) => countOf(piece, LETTER) >= ENOUGH_OF_PIECE,
  );
  const sure = pieces.map((piece) => languageOfPiece(piece, only)).filter((language) => language !== undefined);
  const [language] = sure;
  const isSure = sure.length * 2 >= pieces.length && new Set(sure).size === 1;
  return isSure && language !== undefined ? Intl.getCanonicalLocales(language)[0] : undefined;
}

/** @returns a language tag (BCP 47) */
export function guessLanguage(given: string): string | undefined {
  const text = given.slice(0, LOOKED_AT).toWellFormed();
  const letters = countOf(text, LETTER);
  const isMost = (count: number) => count >= ENOUGH_OF_SCRIPT && count >= letters * MOST;
  const [kana, han] = [countOf(text, /\p{Script=Hiragana}|\p{Script=Katakana}/gu), countOf(text, /\p{Script=Han}/gu)];
  if (isMost(kana + han)) return kana * 10 >= han ? 'ja' : kana === 0 ? 'zh' : undefined;
  if (isMost(countOf(text, /\p{Script=Cyrillic}/gu))) {
    return CYRILLIC.find(([only]) => only.test(text))?.[1] || undefined;
  }
  const script = SCRIPTS.find(([pattern]) => isMost(countOf(text, pattern)));
  if (script) return script[1];
  return byLetterGroups(text);
}
