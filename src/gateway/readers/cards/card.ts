/**
 * The picture of a document that is shared: its title and the site's name, as SVG. Pure; the fonts say what can be shown.
 *
 * A title with letters that no font has is left out: the site's name alone is better than boxes. Emoji and signs that no
 * font has are left out of the title.
 */
import { directionOfText } from '../../../lib/text-direction.ts';
import { xml } from '../../http/xml.ts';
import type { FontTable } from './font-table.ts';
import { oneLine, setInLines } from './lines.ts';

export interface CardTexts {
  readonly title: string;
  readonly siteName: string;
  /** BCP 47, of the title. */
  readonly language: string;
}

/** Pixels, as sites that show cards like them. */
export const CARD = { width: 1_200, height: 630 } as const;

const MARGIN = 80;
const WIDTH = CARD.width - 2 * MARGIN;
const NAME_SIZE = 36;
const NAME_AT = 122;
const TITLE_FROM = 175;
const LINE = 1.24;
const SETTINGS = [
  { size: 84, lines: 3 },
  { size: 72, lines: 4 },
  { size: 60, lines: 5 },
  { size: 50, lines: 6 },
] as const;
const LONE_NAME = [
  { size: 96, lines: 2 },
  { size: 72, lines: 3 },
] as const;
const COLORS = { paper: '#fbfaf7', accent: '#1f5f5b', ink: '#23211d' };
/** Lines are laid out from left to right, unless these say otherwise. */
const RIGHT_TO_LEFT = ['\u202b', '\u202c'] as const;

/** Nothing is drawn for these: spaces, joiners, marks of direction, variants of emoji. */
const INVISIBLE = /[\s\p{Cf}\p{Cc}\p{Variation_Selector}]/u;
/** Joiners and variants of what is not shown; between letters a joiner shapes them. */
const LEFT_OF_EMOJI = /\p{Variation_Selector}|\u200d(?![\p{L}\p{M}])/gu;
const LETTER = /[\p{L}\p{M}\p{N}]/u;

interface Fonts {
  has(character: string): boolean;
  /** In a font of size 1. */
  measure(text: string): number;
}

function fontsOf(tables: readonly FontTable[]): Fonts {
  const widthOf = (character: string): number | undefined => {
    const codePoint = character.codePointAt(0) ?? 0;
    for (const table of tables) {
      const width = table.widthOf(codePoint);
      if (width !== undefined) return width;
    }
    return undefined;
  };
  return {
    has: (character) => INVISIBLE.test(character) || widthOf(character) !== undefined,
    measure: (text) => [...text].reduce((sum, character) => sum + (widthOf(character) ?? 0), 0),
  };
}

/** What of a text can be shown; empty when letters would be missing. */
function shownOf(text: string, fonts: Fonts): string {
  const characters = [...text.toWellFormed().replace(/\p{Cc}/gu, ' ')];
  if (characters.some((character) => LETTER.test(character) && !fonts.has(character))) return '';
  const shown = characters.filter((character) => fonts.has(character)).join('');
  return shown.replace(LEFT_OF_EMOJI, '').replace(/\s+/g, ' ').trim();
}

interface Style {
  readonly size: number;
  readonly color: string;
  readonly isRightToLeft: boolean;
}

function lineAt(y: number, text: string, { size, color, isRightToLeft }: Style): string {
  const [before, after] = isRightToLeft ? RIGHT_TO_LEFT : ['', ''];
  const x = isRightToLeft ? CARD.width - MARGIN : MARGIN;
  const anchor = isRightToLeft ? 'end' : 'start';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${color}" text-anchor="${anchor}">${before}${xml(text)}${after}</text>`;
}

/** @param tables of the fonts, in the order in which they are used */
export function cardSvg({ title, siteName, language }: CardTexts, tables: readonly FontTable[]): string {
  const fonts = fontsOf(tables);
  const [shownTitle, name] = [shownOf(title, fonts), shownOf(siteName, fonts)];
  const isRightToLeft = directionOfText(shownTitle === '' ? name : shownTitle) === 'rtl';
  const texts: string[] = [];
  if (shownTitle === '') {
    const { size, lines } = setInLines(name, LONE_NAME, WIDTH, fonts.measure, language);
    const first = (CARD.height - lines.length * size * LINE) / 2 + size;
    for (const [index, line] of lines.entries()) {
      texts.push(lineAt(first + index * size * LINE, line, { size, color: COLORS.ink, isRightToLeft }));
    }
  } else {
    const { size, lines } = setInLines(shownTitle, SETTINGS, WIDTH, fonts.measure, language);
    const heading = oneLine(name, WIDTH / NAME_SIZE, fonts.measure, language);
    texts.push(lineAt(NAME_AT, heading, { size: NAME_SIZE, color: COLORS.accent, isRightToLeft }));
    for (const [index, line] of lines.entries()) {
      texts.push(lineAt(TITLE_FROM + size + index * size * LINE, line, { size, color: COLORS.ink, isRightToLeft }));
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CARD.width}" height="${CARD.height}" font-weight="600">`,
    `<rect width="100%" height="100%" fill="${COLORS.paper}"/>`,
    `<rect width="100%" height="16" fill="${COLORS.accent}"/>`,
    ...texts,
    '</svg>',
  ].join('');
}
