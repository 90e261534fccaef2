/**
 * Checks ProseMirror JSON that comes from outside, strictly: what the schema does not know is an error that names its
 * place. What passes is written as the editor would write it, so that a draft and its copy that came back do not differ.
 */
import type { ContentMatch } from '@tiptap/pm/model';
import { cleanLinkTitle, cleanText } from './clean.ts';
import { MAX_DEPTH, MAX_NODES, MAX_TEXT } from './limits.ts';
import { SCHEMA } from './schema.ts';
import { MARKS, markOf, nodeAttrs, SHAPES, sameMarks } from './shape.ts';
import { cellsOf, tableExcess } from './tables.ts';
import type { Body, Mark, Node, Parsed, ParsedBlocks } from './types.ts';

type Members = Readonly<Record<string, unknown>>;

export function checkBody(value: unknown): Parsed {
  const check = new Check();
  const node = check.node(value, 'body', 0);
  if (node === null) return { ok: false, detail: check.problem };
  if (node.type !== 'doc') return { ok: false, detail: 'body.type: must be doc' };
  return { ok: true, body: node as Body };
}

/** Blocks to go behind others. */
export function checkBlocks(value: unknown): ParsedBlocks {
  if (!Array.isArray(value)) return { ok: false, detail: 'blocks: must be an array' };
  const check = new Check();
  const blocks = check.children(value, 'blocks', SCHEMA.nodes.doc!.contentMatch, 1);
  return blocks === null ? { ok: false, detail: check.problem } : { ok: true, blocks };
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LINK_DEFAULTS: Members = SCHEMA.mark('link').attrs;
/** What other editors' tables say of each cell, and this schema takes for granted. */
const CELL_DEFAULTS: Members = { colspan: 1, rowspan: 1, colwidth: null, align: null };

/** One check of one value; its methods answer null once `problem` says why. */
class Check {
  problem = '';
  #isInTable = false;
  #nodes = 0;
  #characters = 0;

  node(value: unknown, path: string, depth: number): Node | null {
    if (!isMembers(value)) return this.#fail(path, 'must be an object');
    if (depth > MAX_DEPTH) return this.#fail(path, `is nested deeper than ${MAX_DEPTH} levels`);
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) return this.#fail(path, `has more than ${MAX_NODES} nodes`);
    const { type } = value;
    if (typeof type !== 'string' || !Object.hasOwn(SCHEMA.nodes, type))
      return this.#unknown(`${path}.type`, 'node', type);
    if (type === 'text') return this.#text(value, path);
    if (!this.#only(value, path, ['type', 'attrs', 'content', 'marks'])) return null;
    // ProseMirror marks breaks inside of marked text; drafts do not keep that.
    const marksAreNone = value.marks === undefined || (Array.isArray(value.marks) && value.marks.length === 0);
    if (!marksAreNone && type !== 'hardBreak') return this.#fail(`${path}.marks`, 'is allowed on text only');
    const attrs = this.#attrs(type, value.attrs, `${path}.attrs`);
    if (attrs === null) return null;
    const given = value.content ?? [];
    if (!Array.isArray(given)) return this.#fail(`${path}.content`, 'must be an array');
    if (type === 'doc' && given.length === 0) return { type, content: [{ type: 'paragraph' }] };
    if (type === 'table') return this.#table(given, path, depth);
    const content = this.children(given, `${path}.content`, SCHEMA.nodes[type]!.contentMatch, depth + 1, type);
    if (content === null) return null;
    return { type, ...(attrs && { attrs }), ...(content.length > 0 && { content }) };
  }

  children(
    values: readonly unknown[],
    path: string,
    start: ContentMatch,
    depth: number,
    parent = 'doc',
  ): Node[] | null {
    const nodes: Node[] = [];
    let rule = start;
    for (const [index, value] of values.entries()) {
      const place = `${path}[${index}]`;
      const node = this.node(value, place, depth);
      if (node === null) return null;
      const next = rule.matchType(SCHEMA.nodes[node.type]!);
      if (next === null) return this.#fail(place, `${node.type} is not allowed here`);
      rule = next;
      if (node.text === '') continue;
      if (parent === 'codeBlock' && node.marks !== undefined)
        return this.#fail(`${place}.marks`, 'is not allowed in code');
      const last = nodes.at(-1);
      if (last?.text !== undefined && node.text !== undefined && sameMarks(last.marks ?? [], node.marks ?? [])) {
        last.text += node.text;
      } else nodes.push(node);
    }
    if (!rule.validEnd) return this.#fail(path, `${parent} must contain ${rule.defaultType?.name ?? 'something'}`);
    return nodes;
  }

  #table(given: readonly unknown[], path: string, depth: number): Node | null {
    if (this.#isInTable) return this.#fail(path, 'a table cannot contain a table');
    this.#isInTable = true;
    const place = `${path}.content`;
    const rows = this.children(given, place, SCHEMA.nodes.table!.contentMatch, depth + 1, 'table');
    this.#isInTable = false;
    if (rows === null) return null;
    const width = cellsOf(rows[0]!).length;
    for (const [index, row] of rows.entries()) {
      const { length } = cellsOf(row);
      if (length === 0) return this.#fail(`${place}[${index}].content`, 'tableRow must contain a cell');
      if (length !== width)
        return this.#fail(`${place}[${index}].content`, `has ${length} cells, but the first row has ${width}`);
    }
    const excess = tableExcess(rows.length, width);
    return excess === null ? { type: 'table', content: rows } : this.#fail(path, excess);
  }

  #text(value: Members, path: string): Node | null {
    if (!this.#only(value, path, ['type', 'text', 'marks'])) return null;
    if (typeof value.text !== 'string') return this.#fail(`${path}.text`, 'must be a string');
    const text = value.text.replace(/\r\n?/g, '\n');
    if (cleanText(text) !== text) return this.#fail(`${path}.text`, 'contains a control character or a lone surrogate');
    this.#characters += text.length;
    if (this.#characters > MAX_TEXT) return this.#fail(path, `has more than ${MAX_TEXT} characters of text`);
    const marks = this.#marks(value.marks ?? [], `${path}.marks`);
    if (marks === null) return null;
    return marks.length > 0 ? { type: 'text', marks, text } : { type: 'text', text };
  }

  /** Undefined for a node without attributes. */
  #attrs(type: string, value: unknown, path: string): Members | undefined | null {
    const given = value ?? {};
    if (!isMembers(given)) return this.#fail(path, 'must be an object');
    if (SHAPES.get(type) === 'cell') return this.#cellAttrs(given, path);
    const attrs = nodeAttrs(type, (name) => given[name]);
    if (!this.#only(given, path, Object.keys(attrs ?? {}))) return null;
    for (const [name, kept] of Object.entries(attrs ?? {})) {
      const isLeftOut = (given[name] ?? null) === null && type !== 'heading';
      if (!isLeftOut && given[name] !== kept) return this.#fail(`${path}.${name}`, 'is not an allowed value');
    }
    return attrs;
  }

  #cellAttrs(given: Members, path: string): undefined | null {
    if (!this.#only(given, path, Object.keys(CELL_DEFAULTS))) return null;
    const other = Object.keys(given).find((name) => (given[name] ?? CELL_DEFAULTS[name]) !== CELL_DEFAULTS[name]);
    return other === undefined ? undefined : this.#fail(`${path}.${other}`, 'is not an allowed value');
  }

  #marks(value: unknown, path: string): Mark[] | null {
    if (!Array.isArray(value)) return this.#fail(path, 'must be an array');
    if (value.length > MARKS.length) return this.#fail(path, 'has too many marks');
    const marks: Mark[] = [];
    for (const [index, given] of value.entries()) {
      const mark = this.#mark(given, `${path}[${index}]`);
      if (mark === null) return null;
      if (marks.some(({ type }) => type === mark.type)) return this.#fail(path, `has ${mark.type} twice`);
      marks.push(mark);
    }
    if (marks.length > 1 && marks.some(({ type }) => type === 'code')) {
      return this.#fail(path, 'code cannot be combined with other marks');
    }
    return marks.sort((a, b) => MARKS.indexOf(a.type) - MARKS.indexOf(b.type));
  }

  #mark(value: unknown, path: string): Mark | null {
    if (!isMembers(value)) return this.#fail(path, 'must be an object');
    const { type } = value;
    if (typeof type !== 'string' || !MARKS.includes(type)) return this.#unknown(`${path}.type`, 'mark', type);
    if (!this.#only(value, path, ['type', 'attrs'])) return null;
    const attrs = value.attrs ?? {};
    if (!isMembers(attrs)) return this.#fail(`${path}.attrs`, 'must be an object');
    if (!this.#only(attrs, `${path}.attrs`, type === 'link' ? Object.keys(LINK_DEFAULTS) : [])) return null;
    const mark = markOf(type, (name) => attrs[name]);
    if (mark === null)
      return this.#fail(`${path}.attrs.href`, 'must be an http, https, mailto or tel URL, or begin with / or #');
    for (const name of Object.keys(attrs)) {
      if (name === 'href') continue;
      const given = attrs[name] ?? null;
      const isKept = name === 'title' ? isLinkTitle(given) : given === null || given === LINK_DEFAULTS[name];
      if (!isKept) return this.#fail(`${path}.attrs.${name}`, 'is not an allowed value');
    }
    return mark;
  }

  #only(value: Members, path: string, names: readonly string[]): boolean {
    const other = Object.keys(value).find((name) => !names.includes(name));
    if (other !== undefined) this.#fail(path, `${quoted(other)} is not a known field`);
    return other === undefined;
  }

  #unknown(path: string, kind: string, type: unknown): null {
    return this.#fail(path, typeof type === 'string' ? `${quoted(type)} is not a known ${kind}` : 'must be a string');
  }

  #fail(path: string, reason: string): null {
    this.problem = `${path}: ${reason}`;
    return null;
  }
}

const isLinkTitle = (value: unknown): boolean =>
  value === null || (typeof value === 'string' && cleanLinkTitle(value) === value);

const quoted = (name: string): string => JSON.stringify(name.slice(0, 40));
