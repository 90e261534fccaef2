/**
 * Long work on content, as plain functions: what worker threads run, and the event loop itself for what is small.
 * Bodies travel as JSON text, which costs the event loop a third of what the structured clone of so many objects does.
 */
import * as Y from 'yjs';
import { diffBodies } from '../../content/diff.ts';
import { readContent } from '../../content/draft.ts';
import { parseMarkdown } from '../../content/markdown.ts';
import { parseHtml } from '../../content/parse-html.ts';
import type { Body } from '../../content/types.ts';

export type ContentTask =
  | { kind: 'parse'; form: 'html' | 'markdown'; text: string }
  /** The content that Yjs updates amount to. */
  | { kind: 'read'; updates: readonly Uint8Array[] }
  /** The same as one update. */
  | { kind: 'merge'; updates: readonly Uint8Array[] }
  /** Two bodies as JSON. */
  | { kind: 'diff'; before: string; after: string };

/** @returns JSON of what the task's function returns, or the state as bytes */
export function runTask(task: ContentTask): string | Uint8Array {
  switch (task.kind) {
    case 'parse':
      return JSON.stringify(task.form === 'html' ? parseHtml(task.text) : parseMarkdown(task.text));
    case 'read':
      return JSON.stringify(readContent(merged(task.updates)));
    case 'merge':
      return Y.encodeStateAsUpdate(merged(task.updates));
    case 'diff':
      return JSON.stringify(diffBodies(JSON.parse(task.before) as Body, JSON.parse(task.after) as Body));
  }
}

function merged(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

export default runTask;
