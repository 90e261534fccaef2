/** A text set in lines of a width: where it is broken, and where it is cut. Pure; knows no fonts. */

/** Width of a text, in the unit of the line's. */
export type Measure = (text: string) => number;

const ELLIPSIS = '…';
/** Scripts that are written without spaces between words. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const ENDS_UNSPACED = new RegExp(`[${UNSPACED}]$`, 'u');
const BEGINS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
/** What follows these stays with them. */
const OPENING = /[\p{Ps}\p{Pi}]$/u;
/** These stay with what is before them: punctuation, marks, small kana. */
const CONTINUES = /^(?:[\p{Pe}\p{Pf}\p{Po}\p{M}\p{Lm}]|[ぁぃぅぇぉっゃゅょァィゥェォッャュョ])/u;

function mayBreakBetween(before: string, after: string): boolean {
  if (/\s$/u.test(before) || /\p{L}-$/u.test(before)) return true;
  const isUnspaced = ENDS_UNSPACED.test(before) || BEGINS_UNSPACED.test(after);
  return isUnspaced && !OPENING.test(before) && !CONTINUES.test(after);
}

/** Pieces between which a line may break; a space belongs to the piece before it. */
function piecesOf(text: string, language: string): string[] {
  const pieces: string[] = [];
  for (const { segment } of new Intl.Segmenter(language, { granularity: 'word' }).segment(text)) {
    const before = pieces.at(-1);
    if (before !== undefined && (/^\s/u.test(segment) || !mayBreakBetween(before, segment))) {
      pieces[pieces.length - 1] = before + segment;
    } else pieces.push(segment);
  }
  return pieces;
}

/** Characters as readers see them, as many as fit. */
function headOf(text: string, width: number, measure: Measure, language: string): string {
  let head = '';
  for (const { segment } of new Intl.Segmenter(language, { granularity: 'grapheme' }).segment(text)) {
    if (measure(head + segment) > width) break;
    head += segment;
  }
  return head;
}

const cutTo = (text: string, width: number, measure: Measure, language: string): string =>
  `${headOf(text, width - measure(ELLIPSIS), measure, language).trimEnd()}${ELLIPSIS}`;

/** All lines of a text. A piece that is wider than a line is broken where it has to be. */
function allLines(text: string, width: number, measure: Measure, language: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text, language)) {
    if (measure((line + piece).trimEnd()) <= width) {
      line += piece;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = piece;
    while (measure(line.trimEnd()) > width) {
      const head = headOf(line, width, measure, language);
      if (head === '') break;
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}

/** One line, cut if need be. */
export function oneLine(text: string, width: number, measure: Measure, language: string): string {
  return measure(text) <= width ? text : cutTo(text, width, measure, language);
}

export interface Setting {
  /** Size of the letters. */
  readonly size: number;
  /** Lines for which there is room. */
  readonly lines: number;
}

/**
 * The largest of the settings in which the text has room; in the last one it is cut.
 * @param settings from the largest to the smallest
 * @param measure width in a font of size 1
 */
export function setInLines(
  text: string,
  settings: readonly [Setting, ...Setting[]],
  width: number,
  measure: Measure,
  language: string,
): { size: number; lines: string[] } {
  let last: { size: number; lines: string[] } = { size: settings[0].size, lines: [] };
  for (const { size, lines: most } of settings) {
    const lines = allLines(text, width / size, measure, language);
    if (lines.length <= most) return { size, lines };
    const cut = cutTo(lines.slice(most - 1).join(' '), width / size, measure, language);
    last = { size, lines: [...lines.slice(0, most - 1), cut] };
  }
  return last;
}
