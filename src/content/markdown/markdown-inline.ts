/**
 * Joins the pieces of a line of Markdown so that every delimiter is read as the one that it is meant to be, and every
 * other character as itself. CommonMark decides by the characters on both sides of a delimiter whether it opens or
 * closes; where they forbid it, one of them is written as a character reference, which counts as punctuation.
 */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open' | 'close' | 'bracket' | 'code'; readonly source: string }
  | { readonly kind: 'break' };

/** Where the line stands: each place has signs of its own. */
export type Surroundings = 'paragraph' | 'heading' | 'cell';

/** What a delimiter sees beside it. `other`: CommonMark readers disagree. */
type Side = 'word' | 'mark' | 'space' | 'other';

function sideOf(character: string): Side {
  if (/[\t\n ]/.test(character)) return 'space';
  if (/[!-/:-@[-`{-~]/.test(character)) return 'mark';
  return /[\p{L}\p{N}]/u.test(character) ? 'word' : 'other';
}

/** A text with what must be written as a reference: its first or last character. */
interface Writing {
  readonly piece: Piece;
  isFirstReferred: boolean;
  isLastReferred: boolean;
}

export function attention(pieces: readonly Piece[], within: Surroundings): string {
  const writings = joinTexts(pieces).map(
    (piece): Writing => ({ piece, isFirstReferred: false, isLastReferred: false }),
  );
  referEdges(writings);
  // Again from the end: a text of one character lies between two delimiters, and both see how it is written.
  const places = delimiterRuns(writings);
  for (const [start, end] of [...places, ...places.toReversed()]) separate(writings, start, end);
  return writings.map((writing, index) => write(writing, writings[index - 1], writings[index + 1], within)).join('');
}

/** Half-open ranges of delimiters without anything between them. */
function delimiterRuns(writings: readonly Writing[]): [number, number][] {
  const runs: [number, number][] = [];
  writings.forEach(({ piece }, index) => {
    if (!isDelimiter(piece)) return;
    const last = runs.at(-1);
    if (last?.[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  });
  return runs;
}

function joinTexts(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind !== 'text' || last?.kind !== 'text') joined.push(piece);
    else joined[joined.length - 1] = { kind: 'text', text: last.text + piece.text };
  }
  return joined;
}

const isDelimiter = ({ kind }: Piece): boolean => kind === 'open' || kind === 'close' || kind === 'bracket';
const isLineEnd = (writing: Writing | undefined): boolean => writing === undefined || writing.piece.kind === 'break';

/** Spaces at both ends of a line are not read. */
function referEdges(writings: readonly Writing[]): void {
  writings.forEach((writing, index) => {
    if (writing.piece.kind !== 'text') return;
    if (isLineEnd(writings[index - 1]) && /^\s/.test(writing.piece.text)) writing.isFirstReferred = true;
    if (isLineEnd(writings[index + 1]) && /\s$/.test(writing.piece.text)) writing.isLastReferred = true;
  });
}

/** Makes the characters on both sides of these delimiters such that all of them work. */
function separate(writings: readonly Writing[], start: number, end: number): void {
  const before = writings[start - 1];
  const after = writings[end];
  const first = writings[start]!.piece;
  const last = writings[end - 1]!.piece;
  const isSingle = end - start === 1;
  // Inside, a delimiter must not touch a space.
  if (first.kind === 'close' && isUnclear(lastSide(before))) referLast(before);
  if (last.kind === 'open' && isUnclear(firstSide(after))) referFirst(after);
  // Outside, a word may touch it only if a word is inside too; and `_` not even then.
  if (first.kind === 'open' && (first.source === '_' || !isSingle || firstSide(after) !== 'word')) {
    if (isWordly(lastSide(before))) referLast(before);
  }
  if (last.kind === 'close' && (last.source === '_' || !isSingle || lastSide(before) !== 'word')) {
    if (isWordly(firstSide(after))) referFirst(after);
  }
}

const isUnclear = (side: Side): boolean => side === 'space' || side === 'other';
const isWordly = (side: Side): boolean => side === 'word' || side === 'other';

function firstSide(writing: Writing | undefined): Side {
  if (writing === undefined) return 'space';
  const { piece } = writing;
  if (piece.kind !== 'text' || writing.isFirstReferred || (writing.isLastReferred && isOne(piece.text))) return 'mark';
  return sideOf(firstOf(piece.text));
}

function lastSide(writing: Writing | undefined): Side {
  if (writing === undefined || writing.piece.kind === 'break') return 'space';
  const { piece } = writing;
  if (piece.kind !== 'text' || writing.isLastReferred || (writing.isFirstReferred && isOne(piece.text))) return 'mark';
  return sideOf(lastOf(piece.text));
}

const isOne = (text: string): boolean => firstOf(text) === text;
const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0)!);
const lastOf = (text: string): string => Array.from(text.slice(-2)).at(-1)!;

function referFirst(writing: Writing | undefined): void {
  if (writing !== undefined) writing.isFirstReferred = true;
}

function referLast(writing: Writing | undefined): void {
  if (writing !== undefined) writing.isLastReferred = true;
}

function write(
  writing: Writing,
  before: Writing | undefined,
  after: Writing | undefined,
  within: Surroundings,
): string {
  const { piece } = writing;
  if (piece.kind === 'break') return '\\\n';
  if (piece.kind !== 'text') return within === 'cell' ? inCell(piece.kind, piece.source) : piece.source;
  const first = writing.isFirstReferred || (writing.isLastReferred && isOne(piece.text)) ? firstOf(piece.text) : '';
  const rest = piece.text.slice(first.length);
  const last = writing.isLastReferred && rest !== '' ? lastOf(rest) : '';
  let middle = escapeText(rest.slice(0, rest.length - last.length), within);
  if (first === '' && isLineEnd(before)) middle = escapeStart(middle);
  // `![` begins an image.
  if (last === '' && after?.piece.kind === 'bracket' && middle.endsWith('!')) middle = `${middle.slice(0, -1)}\\!`;
  return reference(first) + middle + reference(last);
}

function reference(character: string): string {
  return character === '' ? '' : `&#${character.codePointAt(0)};`;
}

/** `#` at the end of a heading would be read as its closing sequence, `|` in a cell as its end. */
function escapeText(text: string, within: Surroundings): string {
  const special = within === 'heading' ? /[\\`*_[\]<~#]|&(?=[#\w])/g : /[\\`*_[\]<~]|&(?=[#\w])/g;
  const escaped = text.replace(special, '\\$&').replaceAll('\n', '&#10;');
  return within === 'cell' ? escaped.replaceAll('|', BAR) : escaped;
}

const BAR = reference('|');

/** A row is divided into cells before anything in it is read, code included; only in code a reference stays as it is written. */
const inCell = (kind: string, source: string): string => source.replaceAll('|', kind === 'code' ? '\\|' : BAR);

/** What would begin a heading, a list, a quote, a rule, or the second line of a table. */
function escapeStart(text: string): string {
  return text.replace(/^(?:[#+=>|-]|:(?=-))/, '\\$&').replace(/^(\d{1,9})([.)])/, '$1\\$2');
}
