/**
 * Keys that tell whether a Yjs type holds what the editor would store for a node, or show as it: equal keys, nothing to
 * write. What the editor would show as something else has a key that equals no node's.
 */
import * as Y from 'yjs';
import type { Item } from '../diff/match.ts';
import { MAX_DEPTH } from '../model/limits.ts';
import { SCHEMA } from '../model/schema.ts';
import type { Node } from '../model/types.ts';
import { readRuns } from './draft-text.ts';

/** A child as Yjs stores it: a block or break, or neighbouring texts in one. */
export type TargetChild = { readonly node: Node } | { readonly texts: readonly Node[] };

export function targetChildren(node: Node): TargetChild[] {
  const children: TargetChild[] = [];
  let texts: Node[] | null = null;
  for (const child of node.content ?? []) {
    if (child.type !== 'text') {
      texts = null;
      children.push({ node: child });
    } else if (texts === null) {
      texts = [child];
      children.push({ texts });
    } else texts.push(child);
  }
  return children;
}

const TEXT = '#text';
const FOREIGN = '#foreign';

/** No name of an element is another kind's. */
const elementKind = (name: string): string => `<${name}`;

type Attrs = Readonly<Record<string, unknown>>;

export function targetItem(wanted: TargetChild): Item {
  if ('texts' in wanted) {
    const runs = wanted.texts.map(({ text, marks }) =>
      runKey(text!, new Map(marks?.map((m) => [m.type, m.attrs ?? {}]))),
    );
    return { kind: TEXT, key: `(${runs.join('')})` };
  }
  const { node } = wanted;
  const children = targetChildren(node).map((child) => targetItem(child).key);
  return { kind: elementKind(node.type), key: elementKey(node.type, Object.entries(node.attrs ?? {}), children) };
}

/** What stands in a Yjs fragment at one place. `index` makes foreign keys differ from each other. */
export function storedItem(value: unknown, index: number, depth = 0): Item {
  const foreign = `${FOREIGN}${index}`;
  if (value instanceof Y.XmlText) return { kind: TEXT, key: textKey(value) ?? foreign };
  if (!(value instanceof Y.XmlElement) || depth > MAX_DEPTH) return { kind: FOREIGN, key: foreign };
  const kind = elementKind(value.nodeName);
  const attrs: [string, unknown][] = [];
  for (const name of attributeNames(value)) attrs.push([name, value.getAttribute(name)]);
  const children: string[] = [];
  for (const child of value.toArray() as unknown[]) {
    // Editors leave the text type of an emptied paragraph, for what others type meanwhile.
    if (child instanceof Y.XmlText && child.length === 0) continue;
    const { key } = storedItem(child, index, depth + 1);
    if (key === foreign) return { kind, key: foreign };
    children.push(key);
  }
  return { kind, key: elementKey(value.nodeName, attrs, children) };
}

/** Not `getAttributes`: a name may be `__proto__`. */
export function attributeNames(element: Y.XmlElement): string[] {
  return [...element._map.keys()].filter((name) => element.hasAttribute(name));
}

function elementKey(name: string, attrs: readonly [string, unknown][], children: readonly string[]): string {
  return `<${JSON.stringify(name)}${attrsKey(attrs, defaultsOf(NODE_DEFAULTS, name))}${children.join('')}>`;
}

function textKey(text: Y.XmlText): string | null {
  const runs: { text: string; formats: ReadonlyMap<string, unknown> }[] = [];
  let isText = true;
  const followedAll = readRuns(text, {
    follows: () => true,
    run: (run, formats) => {
      const last = runs.at(-1);
      if (last !== undefined && sameFormats(last.formats, formats)) last.text += run;
      else runs.push({ text: run, formats: new Map(formats) });
    },
    other: () => {
      isText = false;
    },
  });
  if (!isText || !followedAll) return null;
  return `(${runs.map((run) => runKey(run.text, run.formats)).join('')})`;
}

function runKey(text: string, formats: ReadonlyMap<string, unknown>): string {
  return formats.size === 0 ? JSON.stringify(text) : `${JSON.stringify(text)}${formatsKey(formats)}`;
}

function formatsKey(formats: ReadonlyMap<string, unknown>): string {
  return `{${[...formats].map(([name, value]) => `${JSON.stringify(name)}${formatKey(name, value)}`).sort()}}`;
}

function formatKey(name: string, value: unknown): string {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? attrsKey(Object.entries(value as Attrs), defaultsOf(MARK_DEFAULTS, name))
    : `=${valueKey(value)}`;
}

export function sameFormats(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && formatsKey(a) === formatsKey(b);
}

/** Whether two values of one format mean the same to the editor. */
export const sameFormat = (name: string, a: unknown, b: unknown): boolean => formatKey(name, a) === formatKey(name, b);

type Defaults = ReadonlyMap<string, Attrs>;

const defaults = (types: Readonly<Record<string, { spec: { attrs?: unknown } }>>): Defaults =>
  new Map(
    Object.entries(types).map(([name, { spec }]) => {
      const attrs = (spec.attrs ?? {}) as Readonly<Record<string, { default?: unknown }>>;
      return [name, Object.fromEntries(Object.entries(attrs).map(([attr, rule]) => [attr, rule.default ?? null]))];
    }),
  );

const NODE_DEFAULTS = defaults(SCHEMA.nodes);
const MARK_DEFAULTS = defaults(SCHEMA.marks);
const NO_DEFAULTS: Attrs = {};

const defaultsOf = (all: Defaults, name: string): Attrs => all.get(name) ?? NO_DEFAULTS;

/** An attribute that is not there counts as its default, and so does null where there is none. */
function attrsKey(attrs: readonly [string, unknown][], known: Attrs): string {
  const isDefault = (name: string, value: unknown) => value === (Object.hasOwn(known, name) ? known[name] : null);
  return `[${attrs
    .filter(([name, value]) => !isDefault(name, value))
    .map(([name, value]) => `${JSON.stringify(name)}=${valueKey(value)}`)
    .sort()}]`;
}

/** Attributes of this schema are primitives; anything else gets a key that no node has. */
function valueKey(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? JSON.stringify(value)
    : '?';
}
