/**
 * Makes a draft's body what it should be, by the smallest change that it finds: what authors type meanwhile merges with
 * it as with any other author's edit, and is lost only where the very node that they type in goes.
 *
 * Invariants: what is equal is not touched; the result is stored as the editor itself would store it. To be called inside
 * a Yjs transaction.
 */
import * as Y from 'yjs';
import { match } from '../diff/match.ts';
import { gapsFromEnd } from '../diff/sequence.ts';
import { textChanges } from '../diff/text-changes.ts';
import type { Block, Node } from '../model/types.ts';
import { attributeNames, sameFormat, storedItem, type TargetChild, targetChildren, targetItem } from './draft-keys.ts';
import { readRuns } from './draft-text.ts';

type Formats = Record<string, unknown>;

export function writeBody(fragment: Y.XmlFragment, blocks: readonly Block[]): void {
  updateChildren(
    fragment,
    blocks.map((node) => ({ node })),
  );
}

export function appendBlocks(fragment: Y.XmlFragment, blocks: readonly Block[]): void {
  if (holdsNothing(fragment)) writeBody(fragment, blocks);
  else
    fragment.insert(
      fragment.length,
      blocks.map((node) => create({ node })),
    );
}

/** One empty paragraph is what an editor shows where nothing was written yet. */
function holdsNothing(fragment: Y.XmlFragment): boolean {
  if (fragment.length > 1) return false;
  const only: unknown = fragment.length === 0 ? undefined : fragment.get(0);
  return only === undefined || storedItem(only, 0).key === targetItem({ node: { type: 'paragraph' } }).key;
}

function updateChildren(parent: Y.XmlFragment, wanted: readonly TargetChild[]): void {
  const stored = parent.toArray() as unknown[];
  const only = stored[0];
  if (wanted.length === 0 && stored.length === 1 && only instanceof Y.XmlText) {
    // The type stays for what others type meanwhile.
    only.delete(0, only.length);
    return;
  }
  const { pairs, equal } = match(
    stored.map((value, index) => storedItem(value, index)),
    wanted.map(targetItem),
  );
  for (const { before, after } of gapsFromEnd(pairs, stored.length, wanted.length)) {
    const [start, end] = before;
    if (start < end) parent.delete(start, end - start);
    if (after[0] < after[1]) parent.insert(start, wanted.slice(...after).map(create));
  }
  for (const [first, second] of pairs) {
    if (!equal.has(first)) update(stored[first], wanted[second]!, parent);
  }
}

function update(stored: unknown, wanted: TargetChild, parent: Y.XmlFragment): void {
  if (stored instanceof Y.XmlText && 'texts' in wanted) {
    if (updateText(stored, wanted.texts)) return;
    replace(stored, wanted, parent);
  } else if (stored instanceof Y.XmlElement && 'node' in wanted) {
    updateAttributes(stored, wanted.node.attrs ?? {});
    updateChildren(stored, targetChildren(wanted.node));
  }
}

function replace(stored: Y.XmlText, wanted: TargetChild, parent: Y.XmlFragment): void {
  const index = parent.toArray().indexOf(stored);
  parent.delete(index, 1);
  parent.insert(index, [create(wanted)]);
}

function updateAttributes(element: Y.XmlElement, attrs: Readonly<Record<string, unknown>>): void {
  for (const name of attributeNames(element)) {
    if (!Object.hasOwn(attrs, name) || attrs[name] === null) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== null && element.getAttribute(name) !== value) setAttribute(element, name, value);
  }
}

/** False if the type holds what no text of an editor holds. */
function updateText(stored: Y.XmlText, texts: readonly Node[]): boolean {
  let before = '';
  let isText = true;
  const followedAll = readRuns(stored, {
    follows(name) {
      // Yjs finds a format of that name on every object, and loses its way when it changes formats around it.
      if (name in Object.prototype) isText = false;
      return true;
    },
    run: (run) => {
      before += run;
    },
    other: () => {
      isText = false;
    },
  });
  if (!isText || !followedAll) return false;
  const runs = texts.map((node): Run => ({ text: node.text!, formats: formatsOf(node) }));
  changeText(stored, before, runs);
  changeFormats(stored, runs);
  return true;
}

interface Run {
  readonly text: string;
  readonly formats: Formats;
}

/** Gives the parts of these runs one after the other; time does not grow with what lies before a part. */
function partsOf(runs: readonly Run[]): (from: number, length: number) => Run[] {
  let index = 0;
  let start = 0;
  return (from, length) => {
    const parts: Run[] = [];
    for (let run = runs[index]; run !== undefined; run = runs[index]) {
      const text = run.text.slice(Math.max(0, from - start), Math.max(0, from + length - start));
      if (text !== '') parts.push({ text, formats: run.formats });
      if (start + run.text.length > from + length) break;
      start += run.text.length;
      index += 1;
    }
    return parts;
  };
}

/** One delta for all changes: a text with many runs has no other fast way to a place in it. */
function changeText(stored: Y.XmlText, before: string, runs: readonly Run[]): void {
  const delta: object[] = [];
  const partsAt = partsOf(runs);
  let place = 0;
  for (const { index, length, insert, at } of textChanges(before, runs.map(({ text }) => text).join('')).reverse()) {
    if (index > place) delta.push({ retain: index - place });
    // Each with its formats: else it would take those of its neighbours. A copy: Yjs writes into it.
    for (const { text, formats } of partsAt(at, insert.length))
      delta.push({ insert: text, attributes: { ...formats } });
    if (length > 0) delta.push({ delete: length });
    place = index + length;
  }
  if (delta.length > 0) stored.applyDelta(delta);
}

/** Sets and clears formats where they differ, and only there. */
function changeFormats(stored: Y.XmlText, runs: readonly Run[]): void {
  const delta: object[] = [];
  const partsAt = partsOf(runs);
  let place = 0;
  let differs = false;
  readRuns(stored, {
    follows: () => true,
    run: (run, present) => {
      for (const { text, formats } of partsAt(place, run.length)) {
        const attributes = differences(present, formats);
        delta.push(attributes === null ? { retain: text.length } : { retain: text.length, attributes });
        differs ||= attributes !== null;
      }
      place += run.length;
    },
  });
  if (differs) stored.applyDelta(delta);
}

function differences(present: ReadonlyMap<string, unknown>, wanted: Formats): Formats | null {
  const entries: [string, unknown][] = [];
  for (const name of present.keys()) if (!Object.hasOwn(wanted, name)) entries.push([name, null]);
  for (const [name, value] of Object.entries(wanted)) {
    if (!present.has(name) || !sameFormat(name, present.get(name), value)) entries.push([name, value]);
  }
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function formatsOf({ marks }: Node): Formats {
  return Object.fromEntries((marks ?? []).map((mark) => [mark.type, { ...mark.attrs }]));
}

function create(wanted: TargetChild): Y.XmlElement | Y.XmlText {
  if ('texts' in wanted) {
    const text = new Y.XmlText();
    text.applyDelta(wanted.texts.map((node) => ({ insert: node.text!, attributes: formatsOf(node) })));
    return text;
  }
  const { node } = wanted;
  const element = new Y.XmlElement(node.type);
  for (const [name, value] of Object.entries(node.attrs ?? {})) {
    if (value !== null) setAttribute(element, name, value);
  }
  element.insert(0, targetChildren(node).map(create));
  return element;
}

/** Yjs stores any JSON value; its types know of strings only. */
function setAttribute(element: Y.XmlElement, name: string, value: unknown): void {
  element.setAttribute(name, value as string);
}
