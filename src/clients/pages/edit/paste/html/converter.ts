/**
 * Reads pasted HTML as a browser would show it, and writes HTML that has what the schema has, and nothing else: the tags
 * here, addresses of links, numbers of lists and languages of code. What is left out and would be missed is counted.
 */
import { codeBlock, Flow, type Item } from './blocks.ts';
import { codeOf, isCode, languageOf } from './code.ts';
import { attributeOf, isDecoration, isSpacing, numbersOf, tickBoxOf } from './elements.ts';
import { type Fits, gridOf, rowsOf } from './grid.ts';
import { hasCodeFaces, type Marks, marked, marksOf, NO_MARKS } from './marks.ts';
import { loud, STYLE } from './quiet.ts';
import { isMisread, raisedText } from './raised.ts';
import { childrenOf, elementsIn, isElement, isText, setOf, type TreeElement, type TreeNode } from './tree.ts';
import { isComment, isCommentList, isListClass, isMarker, isQuote, isTitle, wordItem } from './word.ts';

/** What a paste lost or had to change, counted. */
export interface LeftOut {
  pictures: number;
  /** Videos, maps, formulas and whatever else is no text. */
  embeds: number;
  comments: number;
  /** Texts that were links to nowhere on the web, such as a file. */
  links: number;
  /** Superscripts and subscripts without characters of their own. */
  scripts: number;
  mergedCells: number;
  /** Beyond the limits: their cells are paragraphs. */
  largeTables: number;
}

export interface Converted {
  readonly html: string;
  readonly leftOut: LeftOut;
}

/** What the schema allows. */
export interface Rules {
  readonly fits: Fits;
  /** The address as a link may have it; null if it may not. */
  hrefOf(href: string): string | null;
}

/** Cells that all tables of one paste may get besides those that were there: a row of a few bytes could ask for a hundred. */
const MAX_MISSING_CELLS = 20_000;

const SILENT = setOf(
  'head,title,meta,link,base,script,style,template,noscript,button,select,textarea,datalist,input,param,source,track,xml,area,map',
);
const EMBEDS = setOf('iframe,video,audio,object,embed,canvas,math');
const BLOCKS = setOf(
  'address,article,aside,body,caption,center,dd,details,dialog,dir,div,dl,dt,fieldset,figcaption,figure,footer,form,header,hgroup,legend,main,nav,section,summary,tbody,td,tfoot,th,thead,tr',
);
const CODE = setOf('pre,listing,xmp');
const HEADING = /^h([1-6])$/;
const HIDDEN = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)/i;
/** A link into the page that it was copied from leads nowhere here. */
const ABSOLUTE = /^(?:https?|mailto|tel):/i;
const EMOJI = /^\p{Extended_Pictographic}.{0,15}$/u;

/** @param isOffice whether it comes from a text processor, whose lists and code are known by their styles */
export function convertTree(body: TreeElement, isOffice: boolean, rules: Rules): Converted {
  return new Converter(isOffice, isOffice && hasCodeFaces(body), rules).read(body);
}

class Converter {
  readonly #isOffice: boolean;
  readonly #hasCodeFaces: boolean;
  readonly #rules: Rules;
  readonly #leftOut: LeftOut = {
    pictures: 0,
    embeds: 0,
    comments: 0,
    links: 0,
    scripts: 0,
    mergedCells: 0,
    largeTables: 0,
  };
  #lists = 0;
  #missingCells = 0;
  /** Whether the paragraph that is being read has its number or bullet from the list that it becomes. */
  #hasMarker = false;
  /** Of an item, until its first words come: they may be in a paragraph of their own. */
  #tickBox = '';

  constructor(isOffice: boolean, hasCodeFaces: boolean, rules: Rules) {
    this.#isOffice = isOffice;
    this.#hasCodeFaces = hasCodeFaces;
    this.#rules = rules;
  }

  read(body: TreeElement): Converted {
    return { html: this.#inside(body, NO_MARKS), leftOut: this.#leftOut };
  }

  /** The blocks in an element that holds blocks. */
  #inside(element: TreeElement, marks: Marks, isItem = false): string {
    const flow = new Flow({ isItem, hasCodeLines: this.#hasCodeFaces });
    this.#children(element, flow, marks);
    return flow.finish();
  }

  #children(node: TreeNode, flow: Flow, marks: Marks): void {
    for (const child of childrenOf(node)) {
      if (isElement(child)) this.#element(child, node, flow, marks);
      else if (isText(child)) this.#text(loud(child.nodeValue ?? ''), flow, marks);
    }
  }

  #text(written: string, flow: Flow, marks: Marks): void {
    let text = written;
    if (this.#tickBox !== '' && written.trim() !== '') {
      text = this.#tickBox + written.trimStart();
      this.#tickBox = '';
    }
    if (marks.raised !== null && text !== '') {
      const characters = raisedText(text, marks.raised);
      if (characters === null && isMisread(text)) this.#leftOut.scripts += 1;
      text = characters ?? text;
    }
    flow.text(text, marked(text, marks), marks.isCode && marks.link === null);
  }

  #element(element: TreeElement, parent: TreeNode, flow: Flow, outer: Marks): void {
    const { localName: name } = element;
    const tickBox = tickBoxOf(element, parent);
    if (tickBox !== null) {
      this.#tickBox = tickBox;
      return;
    }
    const style = attributeOf(element, STYLE);
    if (this.#isLeftOut(element, style)) return;
    const marks = this.#marksOf(element, style, outer);
    const level = HEADING.exec(name)?.[1];
    if (level !== undefined) {
      const tag = flow.isItem ? 'p' : level <= '2' ? 'h2' : 'h3';
      this.#block(element, flow, { ...marks, isHead: !flow.isItem }, tag);
      return;
    }
    switch (name) {
      case 'br':
        flow.lineBreak();
        break;
      case 'hr':
        flow.whole('<hr>');
        break;
      case 'img':
        // An emoji that a site draws itself.
        this.#text(attributeOf(element, 'alt'), flow, marks);
        break;
      case 'p':
        this.#paragraph(element, flow, marks);
        break;
      case 'ul':
      case 'ol':
      case 'menu':
        this.#list(element, flow, marks, 1);
        break;
      case 'li':
        this.#item(element, flow, marks, { list: this.#newList(), level: 1, tag: 'ul', attributes: '' });
        break;
      case 'blockquote': {
        const html = this.#inside(element, marks);
        if (html !== '') flow.whole(`<blockquote>${html}</blockquote>`);
        break;
      }
      case 'table':
        this.#table(element, flow, marks);
        break;
      default:
        if (CODE.has(name) || (name === 'div' && isCode(style))) this.#code(element, parent, flow);
        else if (BLOCKS.has(name)) this.#block(element, flow, marks, flow.tag);
        else if (name === 'span' && isSpacing(element)) this.#text(' ', flow, marks);
        else this.#children(element, flow, marks);
    }
  }

  #isLeftOut(element: TreeElement, style: string): boolean {
    const { localName: name } = element;
    const className = attributeOf(element, 'class');
    if (SILENT.has(name)) return true;
    if (HIDDEN.test(style) || element.getAttribute('hidden') !== null || isCommentList(style)) return true;
    if (isComment(className)) this.#leftOut.comments += 1;
    else if (EMBEDS.has(name)) this.#leftOut.embeds += 1;
    else if (name === 'img') {
      if (EMOJI.test(attributeOf(element, 'alt'))) return false;
      if (!isDecoration(element)) this.#leftOut.pictures += 1;
    } else if (name === 'svg') this.#leftOut.pictures += attributeOf(element, 'role') === 'img' ? 1 : 0;
    else if (isMarker(style)) return this.#hasMarker;
    else return false;
    return true;
  }

  #marksOf(element: TreeElement, style: string, outer: Marks): Marks {
    const link = element.localName === 'a' ? this.#linkOf(element) : null;
    return marksOf(element.localName, style, link, outer, this.#hasCodeFaces);
  }

  #linkOf(element: TreeElement): string | null {
    const href = attributeOf(element, 'href').trim();
    if (href === '' || href.startsWith('#')) return null;
    const kept = ABSOLUTE.test(href) ? this.#rules.hrefOf(href) : null;
    if (kept === null) this.#leftOut.links += 1;
    return kept;
  }

  #block(element: TreeElement, flow: Flow, marks: Marks, tag: string): void {
    const outer = flow.tag;
    flow.endLine();
    flow.tag = tag;
    this.#children(element, flow, marks);
    flow.endLine();
    flow.tag = outer;
  }

  #paragraph(element: TreeElement, flow: Flow, marks: Marks): void {
    const className = attributeOf(element, 'class');
    const item = this.#isOffice ? wordItem(element) : null;
    if (item !== null) {
      this.#hasMarker = true;
      flow.item({ ...item, kind: 'item', html: this.#inside(element, marks, true) });
      this.#hasMarker = false;
      return;
    }
    flow.endLine();
    if (isListClass(className) && flow.continueItem(this.#inside(element, marks, true))) return;
    const before = flow.length;
    const asHeading = isTitle(className);
    flow.isQuoted = isQuote(className);
    this.#block(element, flow, asHeading ? { ...marks, isHead: true } : marks, asHeading ? 'h2' : flow.tag);
    flow.isQuoted = false;
    if (flow.length === before) flow.blankLine();
  }

  #newList(): string {
    this.#lists += 1;
    return String(this.#lists);
  }

  #list(element: TreeElement, flow: Flow, marks: Marks, level: number): void {
    const tag = element.localName === 'ol' ? 'ol' : 'ul';
    flow.endLine();
    this.#items(element, flow, marks, {
      list: this.#newList(),
      level,
      tag,
      attributes: tag === 'ol' ? numbersOf(element) : '',
    });
  }

  #items(parent: TreeElement, flow: Flow, marks: Marks, of: Omit<Item, 'kind' | 'html'>): void {
    for (const child of childrenOf(parent)) {
      if (!isElement(child)) {
        const text = isText(child) ? loud(child.nodeValue ?? '').trim() : '';
        if (text !== '') flow.item({ ...of, kind: 'item', html: `<p>${marked(text, marks)}</p>` });
        continue;
      }
      const style = attributeOf(child, STYLE);
      if (this.#isLeftOut(child, style)) continue;
      // Google Docs has a list below an item beside it.
      if (child.localName === 'ul' || child.localName === 'ol') this.#list(child, flow, marks, of.level + 1);
      else if (child.localName !== 'li' && child.querySelector('li') !== null) this.#items(child, flow, marks, of);
      else this.#item(child, flow, this.#marksOf(child, style, marks), of);
    }
  }

  #item(element: TreeElement, flow: Flow, marks: Marks, of: Omit<Item, 'kind' | 'html'>): void {
    // Word on the web has a list around each item, and says which of them are one, and how deep each is.
    const level = Number.parseInt(attributeOf(element, 'data-aria-level'), 10);
    const list = attributeOf(element, 'data-listid');
    const at = { ...of, ...(level > 0 && { level }), ...(list !== '' && { list: `word ${list}` }) };
    flow.item({ ...at, kind: 'item', html: this.#inside(element, marks, true) });
    this.#tickBox = '';
  }

  #code(element: TreeElement, parent: TreeNode, flow: Flow): void {
    const code = codeOf(element);
    if (code.trim() !== '') flow.whole(codeBlock(code, languageOf(element, isElement(parent) ? parent : null)));
  }

  #table(element: TreeElement, flow: Flow, marks: Marks): void {
    flow.endLine();
    const caption = [...elementsIn(element)].find(({ localName }) => localName === 'caption');
    if (caption !== undefined) this.#block(caption, flow, marks, flow.tag);
    const rows = rowsOf(element);
    const isLayout =
      /^\s*(?:presentation|none)\s*$/i.test(attributeOf(element, 'role')) ||
      element.querySelector('table') !== null ||
      (rows.length === 1 && rows[0]?.cells.length === 1);
    const grid = isLayout ? null : gridOf(element, this.#rules.fits);
    if (grid !== null && this.#missingCells + grid.missing <= MAX_MISSING_CELLS) {
      this.#missingCells += grid.missing;
      this.#leftOut.mergedCells += grid.merged;
      const lines = grid.rows.map(({ isHead, cells }) => cells.map((cell) => this.#cell(cell, isHead, marks)).join(''));
      if (lines.length > 0)
        flow.whole(`<table><tbody>${lines.map((line) => `<tr>${line}</tr>`).join('')}</tbody></table>`);
      return;
    }
    if (!isLayout) this.#leftOut.largeTables += 1;
    for (const { cells } of rows) for (const cell of cells) this.#block(cell, flow, marks, flow.tag);
  }

  #cell(cell: TreeElement | null, isHead: boolean, outer: Marks): string {
    const tag = isHead || cell?.localName === 'th' ? 'th' : 'td';
    if (cell === null) return `<${tag}></${tag}>`;
    const marks = { ...this.#marksOf(cell, attributeOf(cell, STYLE), outer), isHead: tag === 'th' };
    return `<${tag}>${this.#inside(cell, marks)}</${tag}>`;
  }
}
