/** What a list of results shows: the title with its matches, and the part of a text that has most of them. Pure. */
import { type Match, type Matcher, matchesIn } from './matches.ts';

/** A piece of a text, and whether it is what was searched for; together they are the text. */
export interface Segment {
  readonly text: string;
  readonly match: boolean;
}

/** Characters of a snippet, about, and of those that stand before its first match. */
const LENGTH = 180;
const BEFORE = 40;
/** Matches that are compared. I9: a text may have one at every word. */
const MAX_MATCHES = 1_000;
/** A place to cut is looked for so far away, characters; scripts without spaces have none. */
const NEAR = 24;
const CUT = '…';

/** A title with its matches. */
export function marked(title: string, matcher: Matcher): Segment[] {
  return segments(title, 0, title.length, matchesIn(title, matcher, 'title'));
}

/** The part with the most terms, the first one of these; without a match, the beginning. Spaces and lines are one space. */
export function snippetOf(text: string, matcher: Matcher): Segment[] {
  const matches = matchesIn(text, matcher, 'text').slice(0, MAX_MATCHES);
  const first = best(matches);
  const start = first === undefined || first.start <= BEFORE ? 0 : cutBefore(text, first.start - BEFORE, first.start);
  const end = cutAfter(text, start, start + LENGTH);
  const found = segments(text, start, end, matches);
  if (start > 0) found.unshift({ text: CUT, match: false });
  if (end < text.length) found.push({ text: CUT, match: false });
  return joined(found.map(({ text: piece, match }) => ({ text: piece.replace(/\s+/g, ' '), match })));
}

/** The match with which the best part begins. */
function best(matches: readonly Match[]): Match | undefined {
  let chosen: Match | undefined;
  let most = 0;
  for (const [index, match] of matches.entries()) {
    const terms = new Set<number>();
    for (let at = index; at < matches.length; at += 1) {
      const other = matches[at];
      if (!other || other.end > match.start - BEFORE + LENGTH) break;
      terms.add(other.term);
    }
    if (terms.size > most) [chosen, most] = [match, terms.size];
  }
  return chosen ?? matches[0];
}

/** A place between words at or after one that cuts anywhere, before what has to be whole. */
function cutBefore(text: string, at: number, whole: number): number {
  const space = text.slice(at, Math.min(at + NEAR, whole)).search(/\s/);
  return space === -1 ? onCharacter(text, at) : at + space + 1;
}

/** The end of the snippet: between words, near to where it should be. */
function cutAfter(text: string, start: number, at: number): number {
  if (at >= text.length) return text.length;
  const from = Math.max(start, at - NEAR);
  const space = text.slice(from, at + 1).search(/\s\S*$/);
  return space === -1 ? onCharacter(text, at) : from + space;
}

/** Not between the halves of a character, nor between a letter and its marks. */
function onCharacter(text: string, at: number): number {
  let place = at;
  while (place > 0 && at - place < NEAR && /^(?:[\udc00-\udfff]|\p{M}|\u200d)/u.test(text.slice(place, place + 2))) {
    place -= 1;
  }
  return place;
}

function segments(text: string, start: number, end: number, matches: readonly Match[]): Segment[] {
  const found: Segment[] = [];
  let at = start;
  for (const match of matches) {
    const from = Math.max(match.start, at);
    const to = Math.min(match.end, end);
    if (match.start < start || to <= from) continue;
    if (from > at) found.push({ text: text.slice(at, from), match: false });
    found.push({ text: text.slice(from, to), match: true });
    at = to;
  }
  if (at < end) found.push({ text: text.slice(at, end), match: false });
  return joined(found);
}

/** Neighbours of one kind are one. */
function joined(pieces: readonly Segment[]): Segment[] {
  const found: Segment[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (last?.match === piece.match) found[found.length - 1] = { text: last.text + piece.text, match: piece.match };
    else found.push(piece);
  }
  return found;
}
