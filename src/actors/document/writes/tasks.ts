/** Runs in a worker: one task on a copy of a draft. Content is sent as JSON text, which is cheaper to clone than objects. */

import type * as Y from 'yjs';
import type { DraftChange } from '../../../content/model/types.ts';
import { readContent } from '../../../content/yjs/draft.ts';
import { type SectionStart, sectionStarts, type UpdateLog } from '../../../content/yjs/section-starts.ts';
import { type Composed, type ComposeTask, compose, copyOf, isQuick } from './compose.ts';

export type CopyTask =
  | { kind: 'read'; updates: readonly Uint8Array[] }
  | ({ kind: 'sections' } & SectionsTask)
  | { kind: 'compose'; task: Omit<ComposeTask, 'change'>; change: string; partMs: number };

/** The draft, as Yjs updates, and the log in which the beginnings of its sections are looked for. */
export interface SectionsTask {
  readonly updates: readonly Uint8Array[];
  readonly log: UpdateLog;
}

/** Text of a content for `read`, what was composed for `compose`, beginnings for `sections`. */
export type CopyResult = string | Composed | readonly SectionStart[] | undefined;

export default function perform(task: CopyTask): CopyResult {
  if (task.kind === 'read') return onCopy(task.updates, (doc) => JSON.stringify(readContent(doc)));
  if (task.kind === 'sections') {
    return onCopy(task.updates, (doc) => sectionStarts(doc, readContent(doc).body, task.log));
  }
  return composeTried({ ...task.task, change: JSON.parse(task.change) as DraftChange }, task.partMs);
}

function composeTried(task: ComposeTask, partMs: number): Composed {
  const composed = compose(task);
  if (composed.kind !== 'made') return composed;
  const present = task.present ? [task.present] : task.updates;
  return isQuick(composed.parts, present, partMs) ? composed : { kind: 'refused', code: 'update_too_expensive' };
}

function onCopy<T>(updates: readonly Uint8Array[], use: (doc: Y.Doc) => T): T {
  const doc = copyOf(updates);
  try {
    return use(doc);
  } finally {
    doc.destroy();
  }
}
