/**
 * Blocks of a converted text while it is read, and how they become HTML: list items that stand one after the other become
 * nested lists, paragraphs that are quotes or lines of code by their look become one quote or code block. Knows nothing of
 * what is read.
 */
export interface Item {
  readonly kind: 'item';
  /** Items of one list have the same. */
  readonly list: string;
  /** 1 for the outermost. */
  readonly level: number;
  readonly tag: 'ul' | 'ol';
  /** Of the list, if this item begins it: ` start="3"`. */
  readonly attributes: string;
  readonly html: string;
}

type Block =
  | Item
  | { readonly kind: 'whole' | 'quoted'; readonly html: string }
  | { readonly kind: 'code'; readonly text: string };

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

const LANGUAGE = /^[\w.+#-]{1,40}$/;

export function codeBlock(text: string, language: string | null): string {
  const label = language !== null && LANGUAGE.test(language) ? ` class="language-${language}"` : '';
  return `<pre><code${label}>${escaped(text)}</code></pre>`;
}

/** The list of an item goes on below the last item of the level above; where levels are missing, it is that much less deep. */
function listsOf(items: readonly Item[]): string {
  let html = '';
  const open: Item[] = [];
  const closeTo = (level: number) => {
    while (open.length > level) html += `</li></${open.pop()?.tag}>`;
  };
  for (const item of items) {
    const level = Math.min(Math.max(item.level, 1), open.length + 1);
    closeTo(level);
    const before = open[level - 1];
    if (before?.tag === item.tag && before.list === item.list) html += '</li>';
    else {
      closeTo(level - 1);
      html += `<${item.tag}${item.attributes}>`;
    }
    open[level - 1] = item;
    html += `<li>${item.html}`;
  }
  closeTo(0);
  return html;
}

function linesOf(lines: readonly string[]): string {
  const last = lines.findLastIndex((line) => line !== '');
  return codeBlock(lines.slice(0, last + 1).join('\n'), null);
}

/** The HTML of what is one after the other of a kind. */
function htmlOf(blocks: readonly Block[]): string {
  switch (blocks[0]?.kind) {
    case 'item':
      return listsOf(blocks as readonly Item[]);
    case 'code':
      return linesOf(blocks.map((block) => (block.kind === 'code' ? block.text : '')));
    default: {
      const html = blocks.map((block) => (block.kind === 'code' ? '' : block.html)).join('');
      return blocks[0]?.kind === 'quoted' ? `<blockquote>${html}</blockquote>` : html;
    }
  }
}

const BREAK = '<br>';

/** What stands in one place: the body, a list item, a table cell, a quote. */
export class Flow {
  /** What the line that is being read becomes. */
  tag = 'p';
  isQuoted = false;
  /** In a list item, whose first block is a paragraph in the schema: there are no headings. */
  readonly isItem: boolean;
  /** Whether paragraphs in which all is code are lines of code blocks. */
  readonly #hasCodeLines: boolean;
  readonly #blocks: Block[] = [];
  #line = '';
  /** The same without marks. */
  #plain = '';
  #hasText = false;
  /** Known without a look at the line, which would be copied for it each time. */
  #endsWithBreak = false;
  #isCode = true;

  constructor({ isItem = false, hasCodeLines = false }: { isItem?: boolean; hasCodeLines?: boolean } = {}) {
    this.isItem = isItem;
    this.#hasCodeLines = hasCodeLines;
  }

  get length(): number {
    return this.#blocks.length;
  }

  /** @param html the same with marks */
  text(plain: string, html: string, isCode: boolean): void {
    const isBlank = plain.trim() === '';
    if (isBlank && (!this.#hasText || this.#endsWithBreak)) return;
    this.#line += html;
    this.#endsWithBreak = false;
    this.#plain += plain;
    if (isBlank) return;
    this.#hasText = true;
    this.#isCode &&= isCode;
  }

  /** Two of them end a paragraph: many programs write paragraphs so. */
  lineBreak(): void {
    if (!this.#hasText) return;
    if (this.#endsWithBreak) {
      this.endLine();
      return;
    }
    this.#line += BREAK;
    this.#endsWithBreak = true;
    this.#plain += '\n';
  }

  endLine(): void {
    if (this.#hasText) {
      const line = this.#line.trimEnd();
      if (this.#hasCodeLines && this.#isCode && this.tag === 'p')
        this.#blocks.push({ kind: 'code', text: this.#plain.replaceAll('\u00a0', ' ').trimEnd() });
      else {
        const content = line.endsWith(BREAK) ? line.slice(0, -BREAK.length) : line;
        const kind = this.isQuoted ? 'quoted' : 'whole';
        this.#blocks.push({ kind, html: `<${this.tag}>${content}</${this.tag}>` });
      }
    }
    this.#line = '';
    this.#plain = '';
    this.#hasText = false;
    this.#endsWithBreak = false;
    this.#isCode = true;
  }

  /** An empty paragraph: space between blocks, but a line in code. */
  blankLine(): void {
    if (this.#blocks.at(-1)?.kind === 'code') this.#blocks.push({ kind: 'code', text: '' });
  }

  whole(html: string): void {
    this.endLine();
    this.#blocks.push({ kind: 'whole', html });
  }

  item(item: Item): void {
    this.endLine();
    this.#blocks.push(item);
  }

  /** Adds to the item that was the last block; false where it was none. */
  continueItem(html: string): boolean {
    const last = this.#blocks.at(-1);
    if (last?.kind !== 'item') return false;
    this.#blocks[this.#blocks.length - 1] = { ...last, html: last.html + html };
    return true;
  }

  finish(): string {
    this.endLine();
    let html = '';
    for (let from = 0, to = 1; to <= this.#blocks.length; to++) {
      if (this.#blocks[to]?.kind === this.#blocks[from]?.kind && to < this.#blocks.length) continue;
      html += htmlOf(this.#blocks.slice(from, to));
      from = to;
    }
    return html;
  }
}
