/** Yjs documents with content in them: made from a body, copied, shown as the editor does, and written to beside others. */
import { deepStrictEqual } from 'node:assert';
import { yXmlFragmentToProseMirrorRootNode } from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import { BODY, SCHEMA } from '../../src/content/model/schema.ts';
import type { Body, DraftChange } from '../../src/content/model/types.ts';
import { readContent, writeContent } from '../../src/content/yjs/draft.ts';

/** As Tiptap shows it. It deletes what it cannot show: give it a copy. */
export function shown(doc: Y.Doc): unknown {
  const node = yXmlFragmentToProseMirrorRootNode(copy(doc).getXmlFragment(BODY), SCHEMA);
  node.check();
  return JSON.parse(JSON.stringify(node.toJSON()));
}

export function copy(doc: Y.Doc): Y.Doc {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
}

export function draftOf(value: Body): Y.Doc {
  const doc = new Y.Doc();
  writeContent(doc, { body: value });
  return doc;
}

/** The updates that a write makes. */
export function updatesOf(doc: Y.Doc, change: DraftChange): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const note = (update: Uint8Array) => updates.push(update);
  doc.on('update', note);
  writeContent(doc, change);
  doc.off('update', note);
  return updates;
}

/** Applies a write and what others do at the same time, and merges. */
export function concurrently(doc: Y.Doc, change: DraftChange, others: (fragment: Y.XmlFragment) => void): Body {
  const author = copy(doc);
  others(author.getXmlFragment(BODY));
  writeContent(doc, change);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(author));
  Y.applyUpdate(author, Y.encodeStateAsUpdate(doc));
  deepStrictEqual(readContent(author), readContent(doc));
  return readContent(doc).body;
}

export const element = (fragment: Y.XmlFragment, index: number): Y.XmlElement => fragment.get(index) as Y.XmlElement;
export const textIn = (fragment: Y.XmlFragment, index: number): Y.XmlText =>
  element(fragment, index).get(0) as Y.XmlText;
