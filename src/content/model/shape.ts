/**
 * What each node and mark of the schema is, in a form that lenient readers need: what a node holds, which attributes it
 * has and what a bad value of one becomes. Values come from anywhere; results are valid and as Tiptap writes them.
 */
import { cleanLinkTitle } from './clean.ts';
import { MAX_LIST_START } from './limits.ts';
import { linkHref } from './link.ts';
import { SCHEMA } from './schema.ts';
import type { Mark } from './types.ts';

/**
 * What a node holds: blocks, list items, blocks behind a paragraph, table rows, table cells, blocks of a cell, texts and
 * breaks, unmarked text, or nothing.
 */
export type Shape = 'blocks' | 'items' | 'item' | 'rows' | 'cells' | 'cell' | 'inline' | 'code' | 'nothing';

export const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['doc', 'blocks'],
  ['blockquote', 'blocks'],
  ['bulletList', 'items'],
  ['orderedList', 'items'],
  ['listItem', 'item'],
  ['table', 'rows'],
  ['tableRow', 'cells'],
  ['tableCell', 'cell'],
  ['tableHeader', 'cell'],
  ['paragraph', 'inline'],
  ['heading', 'inline'],
  ['codeBlock', 'code'],
  ['horizontalRule', 'nothing'],
  ['hardBreak', 'nothing'],
]);

type Attrs = Record<string, unknown>;
/** Reads one attribute; undefined if there is none. */
export type Getter = (name: string) => unknown;

const LANGUAGE = /^[\w.+#-]{1,40}$/;
/** Numerals of an ordered list, as HTML's `type` has them. */
const NUMERALS = ['1', 'a', 'A', 'i', 'I'];

const isListStart = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_LIST_START;

/** A heading's level as this schema has it: the title is level 1, and there are two below. */
export function headingLevel(value: unknown): 2 | 3 {
  return typeof value === 'number' && value >= 3 && value <= 6 ? 3 : 2;
}

/** By node type: its attributes, from whatever is there. */
const ATTRIBUTES: ReadonlyMap<string, (get: Getter) => Attrs> = new Map<string, (get: Getter) => Attrs>([
  ['heading', (get) => ({ level: headingLevel(get('level')) })],
  [
    'orderedList',
    (get) => {
      const start = get('start');
      const numerals = NUMERALS.indexOf(get('type') as string);
      return { start: isListStart(start) ? start : 1, type: NUMERALS[numerals] ?? null };
    },
  ],
  [
    'codeBlock',
    (get) => {
      const language = get('language');
      return { language: typeof language === 'string' && LANGUAGE.test(language) ? language : null };
    },
  ],
]);

/** The attributes of a node of that type; undefined if the type has none. */
export function nodeAttrs(type: string, get: Getter): Attrs | undefined {
  return ATTRIBUTES.get(type)?.(get);
}

/** Marks in the schema's order, outermost first. */
export const MARKS: readonly string[] = Object.keys(SCHEMA.marks);

/** The mark with what it may keep; null if nothing of it may be kept. */
export function markOf(type: string, get: Getter): Mark | null {
  if (!MARKS.includes(type)) return null;
  if (type !== 'link') return { type };
  const href = linkHref(get('href'));
  if (href === null) return null;
  const title = get('title');
  const cleaned = typeof title === 'string' ? cleanLinkTitle(title) : '';
  // The rest of a link's attributes is the same for all: pasted ones come from other sites.
  return { type, attrs: { ...SCHEMA.mark('link', { href, title: cleaned === '' ? null : cleaned }).attrs } };
}

/** The marks of one text, in order and without those that exclude each other. */
export function orderMarks(marks: Iterable<Mark>): readonly Mark[] {
  const byType = new Map<string, Mark>();
  for (const mark of marks) byType.set(mark.type, mark);
  const code = byType.get('code');
  if (code !== undefined) return [code];
  return MARKS.flatMap((type) => byType.get(type) ?? []);
}

export function sameMarks(a: readonly Mark[], b: readonly Mark[]): boolean {
  return a.length === b.length && a.every((mark, index) => sameMark(mark, b[index]!));
}

function sameMark(a: Mark, b: Mark): boolean {
  return a.type === b.type && a.attrs?.href === b.attrs?.href && a.attrs?.title === b.attrs?.title;
}
