/** Generated bodies: every one is valid and written as the editor writes it. */
import fc from 'fast-check';
import { cleanText } from '../../src/content/model/clean.ts';
import { SCHEMA } from '../../src/content/model/schema.ts';
import type { Body, Mark, Node } from '../../src/content/model/types.ts';

export interface BodyOptions {
  /** Only what that format can say. */
  readonly for?: 'markdown' | 'html';
}

export const paragraph = (...content: (string | Node)[]): Node => ({
  type: 'paragraph',
  ...(content.length > 0 && {
    content: content.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
  }),
});
export const text = (words: string, ...marks: Mark[]): Node => ({
  type: 'text',
  ...(marks.length > 0 && { marks }),
  text: words,
});
export const bold: Mark = { type: 'bold' };
export const link = (href: string, title: string | null = null): Mark => ({
  type: 'link',
  attrs: { ...SCHEMA.mark('link', { href, title }).attrs },
});
export const body = (...content: Node[]): Body => ({ type: 'doc', content });

/** What the schema itself says of a body, and whether the editor would show it just so. */
export function isValid(value: Body): boolean {
  SCHEMA.nodeFromJSON(value).check();
  return true;
}

const SPECIAL = [
  ...'*_~`[]()<>#+-=.!\\&|"\'\t /:',
  '**',
  '__',
  '~~',
  '1. ',
  '2) ',
  '- ',
  '  ',
  '&amp;',
  '&#42;',
  '![a](b)',
  '```',
  '---',
  '===',
  '<b>',
  '](x)',
  '\u00a0',
  'é',
  '😀',
  '本',
  '”',
];

const words = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc
        .array(fc.constantFrom('a', 'to', 'word', ' ', ' ', ...SPECIAL), { minLength: 1, maxLength: 6 })
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }) },
  )
  .map(cleanText)
  .filter((value) => value !== '');

const href = fc.constantFrom(
  'https://example.org/',
  'https://example.org/a_(b)?c=d&copy;e#f',
  'http://example.org/ä b',
  'mailto:ann@example.org',
  'tel:+4712345678',
  '/d/other',
  '#part',
  'https://example.org/\\*<x>',
);
const title = fc.option(fc.constantFrom('A title', 'with "quotes" & \\ more', '(x)'), { nil: null });
const flags = fc.record({ bold: fc.boolean(), italic: fc.boolean(), strike: fc.boolean() });

const marks = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Mark[]>([]) },
  { weight: 1, arbitrary: fc.constant<Mark[]>([{ type: 'code' }]) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.option(fc.tuple(href, title), { nil: null, freq: 2 }), flags)
      .map(([target, on]): Mark[] => [
        ...(target === null ? [] : [link(...target)]),
        ...(on.bold ? [{ type: 'bold' }] : []),
        ...(on.italic ? [{ type: 'italic' }] : []),
        ...(on.strike ? [{ type: 'strike' }] : []),
      ]),
  },
);

function merged(nodes: readonly Node[]): Node[] {
  const result: Node[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    const isSame = JSON.stringify(last?.marks) === JSON.stringify(node.marks);
    if (last?.text !== undefined && node.text !== undefined && isSame) {
      result[result.length - 1] = { ...last, text: last.text + node.text };
    } else result.push(node);
  }
  return result;
}

const withContent = (node: Node, content: readonly Node[]): Node =>
  content.length > 0 ? { ...node, content: [...content] } : node;

/** Without the spaces that browsers do not show. */
const unseenSpaces = (value: string): string => value.replace(/[ \t\n]+/g, ' ').replace(/^ | $/g, '.');

/** HTML shows where a link leads, and not its title. */
const untitled = (mark: Mark): Mark => (mark.type === 'link' ? link(String(mark.attrs?.href)) : mark);

function inline(options: BodyOptions, breaks: boolean, minLength: number): fc.Arbitrary<Node[]> {
  const run = fc.tuple(words, marks).map(([value, given]): Node => {
    if (options.for === 'html') return text(unseenSpaces(value), ...given.map(untitled));
    // Markdown has no line ends in inline code; readers disagree on code of spaces alone.
    const isCode = options.for === 'markdown' && given[0]?.type === 'code';
    return text(isCode ? value.replace(/\s/g, '.') : value, ...given);
  });
  const piece: fc.Arbitrary<Node> = breaks
    ? fc.oneof({ weight: 5, arbitrary: run }, { weight: 1, arbitrary: fc.constant({ type: 'hardBreak' }) })
    : run;
  return fc.array(piece, { minLength, maxLength: 5 }).map((nodes) => {
    const result = merged(nodes);
    if (options.for !== undefined) while (result.at(-1)?.type === 'hardBreak') result.pop();
    return minLength > 0 && result.length === 0 ? [text('x')] : result;
  });
}

export const cell = (...content: Node[]): Node => ({ type: 'tableCell', content });
export const header = (...content: Node[]): Node => ({ type: 'tableHeader', content });
export const row = (...content: Node[]): Node => ({ type: 'tableRow', content });
export const table = (...content: Node[]): Node => ({ type: 'table', content });

/** A table of plain cells with these words, the first row as its head. */
export const wordTable = ([head = [], ...rows]: readonly string[][]): Node => {
  const cells = (words: readonly string[], make: typeof cell) =>
    row(...words.map((word) => make(word === '' ? paragraph() : paragraph(word))));
  return table(cells(head, header), ...rows.map((words) => cells(words, cell)));
};

/** Rectangular; in Markdown with a head or none, and a line in each cell. */
function tables(options: BodyOptions): fc.Arbitrary<Node> {
  const isMarkdown = options.for === 'markdown';
  const line = inline(options, !isMarkdown, 0).map((nodes) => [withContent({ type: 'paragraph' }, nodes)]);
  const content: fc.Arbitrary<Node[]> = isMarkdown
    ? line
    : fc.oneof(
        { weight: 4, arbitrary: line },
        { weight: 1, arbitrary: fc.array(blocksOf(options, false), { minLength: 1, maxLength: 2 }) },
      );
  return fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })).chain(([rows, columns]) => {
    const cells = fc.array(fc.tuple(content, fc.boolean()), { minLength: rows * columns, maxLength: rows * columns });
    return fc.tuple(cells, fc.boolean()).map(([filled, hasHead]): Node => {
      const made = filled.map(([blocks, isHeader], index) => {
        const isHead = hasHead && index < columns;
        return isHead || (!isMarkdown && isHeader) ? header(...blocks) : cell(...blocks);
      });
      const isEmptyHead = made.slice(0, columns).every(({ content: [only] = [] }) => only?.content === undefined);
      // A head without a word is no head in Markdown, unless there is nothing else.
      if (isMarkdown && isEmptyHead && rows > 1) for (const one of made.slice(0, columns)) one.type = 'tableCell';
      return table(...Array.from({ length: rows }, (_, at) => row(...made.slice(at * columns, (at + 1) * columns))));
    });
  });
}

export function bodies(options: BodyOptions = {}): fc.Arbitrary<Body> {
  return fc
    .array(blocksOf(options, true), { minLength: 1, maxLength: 5 })
    .map((content): Body => ({ type: 'doc', content }));
}

function blocksOf(options: BodyOptions, hasTables: boolean): fc.Arbitrary<Node> {
  const isMarkdown = options.for === 'markdown';
  const plain = inline(options, true, isMarkdown ? 1 : 0).map((nodes) => withContent({ type: 'paragraph' }, nodes));
  const heading = fc
    .tuple(fc.constantFrom(2, 3), inline(options, !isMarkdown, 0))
    .map(([level, nodes]) => withContent({ type: 'heading', attrs: { level } }, nodes));
  const code = fc
    .tuple(
      fc.constantFrom(null, 'js', 'c++'),
      fc.array(fc.constantFrom('let x;', '\n', '  ', '```', '`', '\t', 'é', '~~~', '> '), { maxLength: 6 }),
    )
    .map(([language, lines]) =>
      withContent({ type: 'codeBlock', attrs: { language } }, lines.length > 0 ? [text(lines.join(''))] : []),
    );
  const leaf: fc.Arbitrary<Node> = fc.oneof(
    { weight: 5, arbitrary: plain },
    { weight: 1, arbitrary: heading },
    { weight: 1, arbitrary: code },
    { weight: 1, arbitrary: fc.constant<Node>({ type: 'horizontalRule' }) },
    ...(hasTables ? [{ weight: 1, arbitrary: tables(options) }] : []),
  );
  const { block } = fc.letrec<{ block: Node; item: Node }>((tie) => ({
    block: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((content): Node => ({ type: 'blockquote', content })),
      fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((content): Node => ({ type: 'bulletList', content })),
      fc
        .tuple(
          fc.constantFrom(1, 3, 99),
          fc.constantFrom(null, ...(isMarkdown ? [] : ['a', 'I'])),
          fc.array(tie('item'), { minLength: 1, maxLength: 3 }),
        )
        .map(([start, type, content]): Node => ({ type: 'orderedList', attrs: { start, type }, content })),
    ),
    item: fc
      .tuple(fc.oneof(plain, fc.constant<Node>({ type: 'paragraph' })), fc.array(tie('block'), { maxLength: 2 }))
      .map(([first, rest]): Node => {
        // An empty first paragraph before another is one that Markdown leaves out.
        const head = isMarkdown && rest[0]?.type === 'paragraph' && first.content === undefined ? [] : [first];
        return { type: 'listItem', content: [...head, ...rest] };
      }),
  }));
  return block;
}
