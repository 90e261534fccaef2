/**
 * Finds text in the source of pages that a person would read and that comes from no catalogue: in TypeScript by its syntax
 * tree, in HTML inside of strings by its tags, in style sheets by `content`. Errors for developers and lines of logs are none.
 */
import { parseSync } from 'oxc-parser';

export interface LiteralText {
  readonly line: number;
  readonly text: string;
}

/** A node of the syntax tree (ESTree), of which only some fields are used. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}
/** From a node up to the program. */
type Ancestors = readonly Node[];

/** Stands for an expression in a template. */
const HOLE = '\ufffc';
const LETTER = /\p{L}/u;
/** Two words, or one with a capital: what nobody writes for a program. */
const SENTENCE = /\p{L}{2,}['’]?\p{L}*[,.:;!?…]?\s+[“"(]?\p{L}{2,}|^\s*[\p{Lu}][\p{Ll}’']+[.:!?…]*\s*$/u;
const TEXT_PROPERTIES = new Set([
  ...['title', 'placeholder', 'alt', 'label', 'aria-label', 'aria-description'],
  ...['textContent', 'innerText'],
]);
/** Properties whose strings are for browsers. */
const FOR_BROWSERS = new Set(['class', 'className', 'viewport', 'rel', 'type', 'allow', '@type']);
/** Functions whose strings people see, and the argument with which those begin. */
const SHOWS: Readonly<Record<string, number>> = {
  ...{ h: 2, fill: 1, append: 0, prepend: 0, replaceChildren: 0, before: 0, after: 0, createTextNode: 0 },
};
/** Functions that take a selector. */
const SELECTS = new Set(['matches', 'closest', 'querySelector', 'querySelectorAll']);
/** Keys as browsers name them. */
const KEY =
  /^(?:Alt|Arrow(?:Up|Down|Left|Right)|Backspace|Control|Ctrl|Delete|End|Enter|Escape|Home|Meta|Mod|Page(?:Up|Down)|Shift|Space|Tab)$/;
/** Policies of content and caches, media types, media queries, style rules and typefaces. */
const TECHNICAL =
  /'(?:none|self)'|;\s?charset=|^(?:public|private|no-cache)\b|^\(|[\w-]+:[\w#]|(?:sans-serif|monospace)$/;
/** A path of an address. */
const PATH = /^\/\S*$/;
const COMPARISON = /^(?:[!=]==?|in|instanceof)$/;

/** Texts in HTML: what stands between tags, and in attributes that are read. */
function textsOfHtml(html: string): string[] {
  const attributes = [...html.matchAll(/\s([\w-]+)="([^"]*)"/g)]
    .filter(([, name = '']) => TEXT_PROPERTIES.has(name))
    .map(([, , value = '']) => value);
  return [...html.replace(/<[^>]*>/g, '\n').split('\n'), ...attributes];
}

const partsOf = (text: string): string[] => (/<[a-z!/?][^>]*>/i.test(text) ? textsOfHtml(text) : [text]);

function isSentence(text: string): boolean {
  const words = text.replaceAll(HOLE, ' ').trim();
  return SENTENCE.test(words) && !TECHNICAL.test(words) && !KEY.test(words);
}

function nameOf(node: unknown): string {
  const { type, name, value, property } = node as Node;
  if (type === 'Identifier') return String(name);
  if (type === 'Literal') return String(value);
  return type === 'MemberExpression' ? nameOf(property) : '';
}

/** Types and modules, errors for developers, and lines of logs. */
const isSilent = (node: Node, source: string): boolean =>
  node.type.startsWith('Import') ||
  (node.type.startsWith('TS') && !/^TS(?:As|Satisfies|NonNull)/.test(node.type)) ||
  (node.type === 'NewExpression' && nameOf(node.callee).endsWith('Error')) ||
  (node.type === 'CallExpression' &&
    /\blog\.\w+$/.test(source.slice((node.callee as Node).start, (node.callee as Node).end)));

interface Place {
  readonly property?: string;
  readonly call?: string;
  readonly argument?: number;
  /** People do not see it, whatever it looks like. */
  readonly isHidden?: true;
}

function placeInCall({ callee, arguments: all }: Node, child: Node): Place {
  const call = nameOf(callee);
  const [first] = all as Node[];
  const name = first === undefined ? '' : nameOf(first);
  if (call === 'setAttribute' && first !== child)
    return TEXT_PROPERTIES.has(name) ? { property: name } : { isHidden: true };
  // A sample of code is the same in each language.
  if (SELECTS.has(call)) return { isHidden: true };
  if (call === 'h' && name === 'code') return { isHidden: true };
  return { call, argument: (all as Node[]).indexOf(child) };
}

/** What a string is of: the property that it is the value of, or the call that it is an argument of. */
function placeOf(node: Node, ancestors: Ancestors): Place {
  let child = node;
  for (const at of ancestors) {
    switch (at.type) {
      case 'Property':
        if (at.value !== child || nameOf(at.key).startsWith('--')) return { isHidden: true };
        return { property: nameOf(at.key) };
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        return at.right === child ? { property: nameOf(at.left) } : {};
      case 'CallExpression':
        return placeInCall(at, child);
      case 'ConditionalExpression':
        if (at.test === child) return {};
        break;
      case 'BinaryExpression':
        if (COMPARISON.test(String(at.operator))) return { isHidden: true };
        break;
      case 'LogicalExpression':
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
        break;
      default:
        return {};
    }
    child = at;
  }
  return {};
}

function isShown(text: string, node: Node, ancestors: Ancestors): boolean {
  if (!LETTER.test(text.replaceAll(HOLE, '')) || PATH.test(text)) return false;
  const { property = '', call = '', argument = -1, isHidden } = placeOf(node, ancestors);
  if (isHidden || FOR_BROWSERS.has(property)) return false;
  if (TEXT_PROPERTIES.has(property)) return true;
  if (Object.hasOwn(SHOWS, call) && argument >= (SHOWS[call] ?? 0)) return true;
  return partsOf(text).some(isSentence);
}

function stringOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  return (node.quasis as { value: { cooked: string | null } }[]).map(({ value }) => value.cooked ?? '').join(HOLE);
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Literal texts of a TypeScript file, in order. Throws when it cannot be parsed. */
export function literalTexts(source: string): LiteralText[] {
  const { program, errors } = parseSync('page.ts', source);
  if (errors[0] !== undefined) throw new Error(errors[0].message);
  const found: LiteralText[] = [];
  function visit(node: Node, ancestors: Ancestors): void {
    if (isSilent(node, source)) return;
    const text = stringOf(node);
    if (text !== undefined && isShown(text, node, ancestors)) {
      found.push({ line: source.slice(0, node.start).split('\n').length, text: text.replaceAll(HOLE, '…') });
    }
    const above = [node, ...ancestors];
    for (const [field, value] of Object.entries(node)) {
      // Where a module is, in `export … from`.
      if (node.type.startsWith('Export') && field === 'source') continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, above);
    }
  }
  visit(program as unknown as Node, []);
  return found;
}

/** Literal texts of a style sheet. */
export const literalTextsOfCss = (source: string): LiteralText[] =>
  source.split('\n').flatMap((line, index) => {
    const text = /\bcontent:\s*(["'])(.*?)\1/.exec(line)?.[2] ?? '';
    return LETTER.test(text) ? [{ line: index + 1, text }] : [];
  });
