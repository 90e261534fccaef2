/**
 * Long work on content, as plain functions: what worker threads run, and the event loop itself for what is small.
 * What goes out is encoded here: of a large text the event loop sees bytes and nothing else.
 */
import * as Y from 'yjs';
import { diffBodies } from '../../../content/diff/diff.ts';
import { renderHtml } from '../../../content/html/html.ts';
import { parseHtml } from '../../../content/html/parse-html.ts';
import { parseMarkdown, renderMarkdown } from '../../../content/markdown/markdown.ts';
import { renderText } from '../../../content/model/text.ts';
import { type Titled, titledAs } from '../../../content/model/titled-as.ts';
import type { Body } from '../../../content/model/types.ts';
import { readContent } from '../../../content/yjs/draft.ts';
import type { Format, ReadingFormat } from './draft-formats.ts';

export type ContentTask =
  /** Answers with JSON of what the parser returns. */
  | { kind: 'parse'; form: 'html' | 'markdown'; text: string }
  /**
   * The text that Yjs updates amount to, in a format. `fields` are those of the JSON format besides title, summary and
   * body; `title` is that of a draft which has none.
   */
  | { kind: 'draft'; updates: readonly Uint8Array[]; format: Format; fields: object; title: string | null }
  /** A body that is JSON already, in another format. */
  | { kind: 'body'; body: string; format: Exclude<ReadingFormat, 'json'> }
  /** How two bodies differ, as JSON: blocks beside the fields. */
  | { kind: 'diff'; before: string; after: string; fields: object }
  /** How a draft differs from a revision, as JSON: `fields`, and title, summary and blocks of both. */
  | {
      kind: 'draftDiff';
      before: TitledText;
      updates: readonly Uint8Array[];
      /** Of a draft that never had any. */
      own: Titled;
      fields: object;
    }
  /** How a draft differs between two positions, as JSON: the same. Both may be the same array. */
  | {
      kind: 'historyDiff';
      before: readonly Uint8Array[];
      after: readonly Uint8Array[];
      own: Titled;
      fields: object;
    };

/** The body is JSON already. */
type TitledText = Titled & { readonly body: string };

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export default function runTask(task: ContentTask): Uint8Array {
  switch (task.kind) {
    case 'parse':
      return encode(JSON.stringify(task.form === 'html' ? parseHtml(task.text) : parseMarkdown(task.text)));
    case 'draft':
      return draftIn(task);
    case 'body':
      return encode(render(JSON.parse(task.body) as Body, task.format));
    case 'diff':
      return encode(JSON.stringify({ ...task.fields, blocks: diffTexts(task.before, task.after) }));
    case 'draftDiff':
      return draftDiff(task);
    case 'historyDiff':
      return historyDiff(task);
  }
}

function draftIn({ fields, format, title, updates }: Extract<ContentTask, { kind: 'draft' }>): Uint8Array {
  const doc = merged(updates);
  if (format === 'yjs') return Y.encodeStateAsUpdate(doc);
  const content = readContent(doc);
  if (format !== 'json') return encode(render(content.body, format));
  return encode(
    JSON.stringify({ ...fields, title: content.title ?? title, summary: content.summary, body: content.body }),
  );
}

function render(body: Body, format: Exclude<ReadingFormat, 'json'>): string {
  switch (format) {
    case 'html':
      return renderHtml(body);
    case 'markdown':
      return renderMarkdown(body);
    case 'text':
      return renderText(body);
  }
}

/** A draft with the title and summary under which it would be published. */
function titled(updates: readonly Uint8Array[], own: Titled): Titled & { readonly body: Body } {
  const content = readContent(merged(updates));
  return { ...titledAs(content, own), body: content.body };
}

function draftDiff({ before, fields, own, updates }: Extract<ContentTask, { kind: 'draftDiff' }>): Uint8Array {
  const { title, summary, body } = titled(updates, own);
  return encode(
    JSON.stringify({
      ...fields,
      title: { from: before.title, to: title },
      summary: { from: before.summary, to: summary },
      blocks: diffBodies(inOrder(JSON.parse(before.body)) as Body, inOrder(body) as Body),
    }),
  );
}

function historyDiff({ after, before, fields, own }: Extract<ContentTask, { kind: 'historyDiff' }>): Uint8Array {
  const from = titled(before, own);
  const to = after === before ? from : titled(after, own);
  return encode(
    JSON.stringify({
      ...fields,
      title: { from: from.title, to: to.title },
      summary: { from: from.summary, to: to.summary },
      blocks: diffBodies(from.body, to.body),
    }),
  );
}

/** JSON with the keys of each object in one order: PostgreSQL's `jsonb` has one of its own, and texts are compared as JSON. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]));
}

const diffTexts = (before: string, after: string) => diffBodies(JSON.parse(before) as Body, JSON.parse(after) as Body);

function merged(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}
