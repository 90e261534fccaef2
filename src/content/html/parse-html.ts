/**
 * Reads HTML as a browser would show it, into what the schema has: a fixed mapping of elements; what is no text for
 * readers goes with its content, everything unknown is unwrapped. Nothing of the source but text, addresses of links,
 * numbers of lists, the language of code and what a table's cells span gets through.
 */
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, html as names, parse } from 'parse5';
import { BodyBuilder } from '../model/builder.ts';
import { cleanText } from '../model/clean.ts';
import { MAX_SOURCE } from '../model/limits.ts';
import { type Getter, markOf, orderMarks } from '../model/shape.ts';
import type { Mark, Parsed } from '../model/types.ts';
import { layoutTables } from './layout-tables.ts';

type Tree = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Open elements that browsers nest at most; the parser's time grows with this times the length. */
const MAX_OPEN = 512;

const setOf = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const DROPPED = setOf(
  'head title script style template noscript noembed noframes iframe object embed applet canvas audio video select datalist textarea frameset',
);
const BLOCKS = setOf(
  'address article aside body button caption center dd details dialog dir div dl dt fieldset figcaption figure footer form header hgroup legend main nav optgroup search section summary tbody tfoot thead',
);
const NODES: ReadonlyMap<string, string> = new Map([
  ['p', 'paragraph'],
  ['blockquote', 'blockquote'],
  ['ul', 'bulletList'],
  ['menu', 'bulletList'],
  ['ol', 'orderedList'],
  ['li', 'listItem'],
  ['pre', 'codeBlock'],
  ['listing', 'codeBlock'],
  ['xmp', 'codeBlock'],
  ['plaintext', 'codeBlock'],
  ['table', 'table'],
  ['tr', 'tableRow'],
  ['td', 'tableCell'],
  ['th', 'tableHeader'],
]);
const MARK_TAGS: ReadonlyMap<string, string> = new Map([
  ['strong', 'bold'],
  ['b', 'bold'],
  ['em', 'italic'],
  ['i', 'italic'],
  ['s', 'strike'],
  ['strike', 'strike'],
  ['del', 'strike'],
  ['code', 'code'],
  ['kbd', 'code'],
  ['samp', 'code'],
  ['tt', 'code'],
  ['a', 'link'],
]);
const HEADING = /^h([1-6])$/;
const LANGUAGE = /(?:^|\s)lang(?:uage)?-(\S+)/;

class TooDeep extends Error {}

export function parseHtml(html: string): Parsed {
  if (html.length > MAX_SOURCE) return { ok: false, detail: `The HTML is longer than ${MAX_SOURCE} characters.` };
  const document = parseTree(html);
  if (document === null) return { ok: false, detail: `The HTML nests more than ${MAX_OPEN} elements.` };
  return new HtmlReader().read(document.childNodes);
}

function parseTree(html: string): DefaultTreeAdapterTypes.Document | null {
  let open = 0;
  const treeAdapter = {
    ...defaultTreeAdapter,
    onItemPush() {
      open += 1;
      if (open > MAX_OPEN) throw new TooDeep();
    },
    onItemPop() {
      open -= 1;
    },
  };
  try {
    return parse(html, { treeAdapter, scriptingEnabled: false });
  } catch (error) {
    // The parser has no other way to be stopped.
    if (error instanceof TooDeep) return null;
    throw error;
  }
}

interface Frame {
  readonly nodes: readonly Tree[];
  next: number;
  /** The level to close, for a block. */
  readonly level: number | null;
  readonly marks: readonly Mark[];
  readonly tag: string;
}

class HtmlReader {
  readonly #builder = new BodyBuilder();
  #layoutTables: ReadonlySet<Element> = new Set();

  read(nodes: readonly Tree[]): Parsed {
    this.#layoutTables = layoutTables(nodes);
    const frames: Frame[] = [{ nodes, next: 0, level: 1, marks: [], tag: '' }];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const node = frame.nodes[frame.next++];
      if (node === undefined) {
        if (frame.level !== null) this.#close(frame.level);
        frames.pop();
      } else if (defaultTreeAdapter.isTextNode(node)) this.#text(node.value, frame);
      else if (defaultTreeAdapter.isElementNode(node)) {
        const inner = this.#enter(node, frame);
        if (inner !== null) frames.push(inner);
      }
      const detail = this.#builder.excess;
      if (detail !== null) return { ok: false, detail };
    }
    return { ok: true, body: this.#builder.finish() };
  }

  #enter(element: Element, { marks, tag: parent }: Frame): Frame | null {
    const { tagName: tag, childNodes: nodes } = element;
    if (element.namespaceURI !== names.NS.HTML || DROPPED.has(tag)) return null;
    const attr: Getter = (name) => element.attrs.find((one) => one.name === name)?.value;
    const frame = { nodes, next: 0, marks, tag, level: null };
    if (this.#builder.inline?.code === true) {
      if (tag === 'br') this.#builder.hardBreak();
      return frame;
    }
    const heading = HEADING.exec(tag);
    if (heading !== null) return { ...frame, level: this.#open('heading', () => Number(heading[1])) };
    if (tag === 'table') return this.#table(element, frame);
    const type = NODES.get(tag);
    if (type !== undefined) return { ...frame, level: this.#open(type, attributes(type, element, attr)) };
    if (BLOCKS.has(tag)) return { ...frame, level: this.#open('') };
    if (tag === 'hr') this.#rule();
    else if (tag === 'br') this.#break(parent);
    else if (tag === 'img') this.#words(String(attr('alt') ?? ''), marks);
    const mark = MARK_TAGS.get(tag);
    const own = mark === undefined ? null : markOf(mark, attr);
    return own === null ? frame : { ...frame, marks: orderMarks([...marks, own]) };
  }

  #table(element: Element, frame: Frame): Frame {
    const caption = element.childNodes.find(({ nodeName }) => nodeName === 'caption');
    if (caption !== undefined) {
      // A paragraph before the table: the schema has no place for it inside.
      defaultTreeAdapter.detachNode(caption);
      return { ...frame, nodes: [caption, element] };
    }
    return { ...frame, level: this.#open(this.#layoutTables.has(element) ? '' : 'table') };
  }

  #text(value: string, { marks, tag }: Frame): void {
    const isCode = this.#builder.inline?.code === true;
    if (isCode) this.#builder.text(cleanText(value));
    else if (!(tag === 'ul' || tag === 'ol') || value.trim() !== '') this.#words(value, marks);
  }

  /** Spaces and line ends in a row are one space; none is left at the beginning of a line. */
  #words(value: string, marks: readonly Mark[]): void {
    const text = cleanText(value).replace(/[ \t\n]+/g, ' ');
    const last = this.#builder.inline?.last;
    const isAtStart = last === undefined || last.type === 'hardBreak' || last.text!.endsWith(' ');
    this.#builder.text(isAtStart && text.startsWith(' ') ? text.slice(1) : text, marks);
  }

  #open(type: string, get?: Getter): number {
    this.#endOfText();
    return this.#builder.open(type, get);
  }

  #close(level: number): void {
    this.#endOfText();
    this.#builder.close(level);
  }

  #rule(): void {
    this.#endOfText();
    this.#builder.horizontalRule();
  }

  #break(parent: string): void {
    if (parent === 'ul' || parent === 'ol') return;
    this.#builder.trimEnd(' ');
    this.#builder.hardBreak();
  }

  /** What browsers do not show at the end of a block: a space, a break, the last line's end in code. */
  #endOfText(): void {
    const { inline } = this.#builder;
    if (inline === null) return;
    this.#builder.trimEnd(inline.code ? '\n' : ' ');
    if (!inline.code) this.#builder.trimBreak();
  }
}

function attributes(type: string, element: Element, attr: Getter): Getter {
  const numberOf = (name: string) => Number.parseInt(String(attr(name)), 10);
  if (type === 'orderedList') return (name) => (name === 'start' ? numberOf('start') : attr(name));
  if (type === 'tableCell' || type === 'tableHeader') return numberOf;
  if (type !== 'codeBlock') return () => undefined;
  const only = element.childNodes.find((child) => defaultTreeAdapter.isElementNode(child));
  const classes = `${attr('class') ?? ''} ${only?.attrs.find(({ name }) => name === 'class')?.value ?? ''}`;
  return () => LANGUAGE.exec(classes)?.[1];
}
