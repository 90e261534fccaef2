/** Reads CommonMark with strikethrough and GitHub's tables. HTML in it is text; an image becomes its description. */
import type { Token } from 'markdown-it';
import { BodyBuilder } from '../model/builder.ts';
import { cleanText } from '../model/clean.ts';
import { MAX_SOURCE } from '../model/limits.ts';
import { type Getter, markOf, orderMarks } from '../model/shape.ts';
import type { Mark, Parsed } from '../model/types.ts';
import { commonMark, MAX_NESTING, markdownExcess } from './commonmark.ts';

const BLOCKS: ReadonlyMap<string, string> = new Map([
  ['paragraph_open', 'paragraph'],
  ['heading_open', 'heading'],
  ['blockquote_open', 'blockquote'],
  ['bullet_list_open', 'bulletList'],
  ['ordered_list_open', 'orderedList'],
  ['list_item_open', 'listItem'],
  ['table_open', 'table'],
  ['tr_open', 'tableRow'],
  ['th_open', 'tableHeader'],
  ['td_open', 'tableCell'],
]);
const MARK_TOKENS: ReadonlyMap<string, string> = new Map([
  ['strong_open', 'bold'],
  ['em_open', 'italic'],
  ['s_open', 'strike'],
  ['link_open', 'link'],
]);

export function parseMarkdown(text: string): Parsed {
  if (text.length > MAX_SOURCE) return { ok: false, detail: `The Markdown is longer than ${MAX_SOURCE} characters.` };
  const excess = markdownExcess(text);
  if (excess !== null) return { ok: false, detail: excess };
  const tokens = commonMark.parse(cleanText(text.replace(/^\uFEFF/, '')), {});
  const builder = new BodyBuilder();
  const levels: number[] = [];
  for (const token of withoutEmptyHeads(tokens)) {
    const type = BLOCKS.get(token.type);
    if (token.level >= MAX_NESTING - 1)
      return { ok: false, detail: `The Markdown nests more than ${MAX_NESTING} blocks.` };
    if (token.nesting === 1) levels.push(builder.open(type ?? '', blockAttrs(token)));
    else if (token.nesting === -1) builder.close(levels.pop() ?? 1);
    else if (token.type === 'inline') readInline(token.children ?? [], builder);
    else if (token.type === 'hr') builder.horizontalRule();
    else if (token.type === 'fence' || token.type === 'code_block') readCode(token, builder);
    const detail = builder.excess;
    if (detail !== null) return { ok: false, detail };
  }
  return { ok: true, body: builder.finish() };
}

/** Every table has a head in Markdown: one without is written with an empty one. */
function withoutEmptyHeads(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  let head: Token[] | null = null;
  for (const token of tokens) {
    if (token.type === 'thead_open') head = [];
    if (head === null) {
      kept.push(token);
      continue;
    }
    head.push(token);
    if (token.type === 'tbody_open' || token.type === 'table_close') {
      const isEmpty = token.type === 'tbody_open' && head.every(({ content }) => content === '');
      kept.push(...(isEmpty ? [token] : head));
      head = null;
    }
  }
  return kept;
}

function blockAttrs(token: Token): Getter {
  if (token.type === 'heading_open') return () => Number(token.tag.slice(1));
  return (name) => (name === 'start' ? Number(token.attrGet('start') ?? 1) : undefined);
}

function readCode({ content, info }: Token, builder: BodyBuilder): void {
  const language = commonMark.utils.unescapeAll(info).trim().split(/\s/, 1)[0];
  const level = builder.open('codeBlock', () => language);
  builder.text(content.endsWith('\n') ? content.slice(0, -1) : content);
  builder.close(level);
}

function readInline(tokens: readonly Token[], builder: BodyBuilder): void {
  const open: (Mark | null)[] = [];
  const marks = () => orderMarks(open.filter((mark) => mark !== null));
  for (const token of tokens) {
    const mark = MARK_TOKENS.get(token.type);
    if (mark !== undefined) open.push(markOf(mark, (name) => token.attrGet(name)));
    else if (token.nesting === -1) open.pop();
    else if (token.type === 'softbreak') builder.text(' ', marks());
    else if (token.type === 'hardbreak') builder.hardBreak();
    else if (token.type === 'image') builder.text(alt(token), marks());
    else if (token.type === 'code_inline') builder.text(token.content, orderMarks([...marks(), { type: 'code' }]));
    else builder.text(token.content, marks());
  }
}

function alt({ children }: Token): string {
  return (children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');
}
