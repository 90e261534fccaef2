/** Runs in a worker: one task on a copy of a draft. Content is sent as JSON text, which is cheaper to clone than objects. */

import type { DraftChange } from '../../../content/model/types.ts';
import { readContent } from '../../../content/yjs/draft.ts';
import { type Composed, type ComposeTask, compose, copyOf, isQuick } from './compose.ts';

export type CopyTask =
  | { kind: 'read'; state: Uint8Array }
  | { kind: 'compose'; task: Omit<ComposeTask, 'change'>; change: string; partMs: number };

/** Text of a content for `read`, what was composed for `compose`. */
export type CopyResult = string | Composed;

export default function perform(task: CopyTask): CopyResult {
  if (task.kind === 'read') return read(task.state);
  return composeTried({ ...task.task, change: JSON.parse(task.change) as DraftChange }, task.partMs);
}

function composeTried(task: ComposeTask, partMs: number): Composed {
  const composed = compose(task);
  if (composed.kind !== 'made') return composed;
  const present = task.present ? [task.present] : task.updates;
  return isQuick(composed.parts, present, partMs) ? composed : { kind: 'refused', code: 'update_too_expensive' };
}

function read(state: Uint8Array): string {
  const doc = copyOf([state]);
  try {
    return JSON.stringify(readContent(doc));
  } finally {
    doc.destroy();
  }
}
