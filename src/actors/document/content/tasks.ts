/** Runs in a thread: one task on a copy of a draft. Content goes as JSON text, which is cheaper to hand over than objects. */
import { readContent } from '../../../content/draft.ts';
import { type Composed, type ComposeTask, compose, copyOf } from './compose.ts';

export type CopyTask = { kind: 'read'; state: Uint8Array } | { kind: 'compose'; task: ComposeTask };

/** Text of a content for `read`, what was composed for `compose`. */
export type CopyResult = string | Composed;

export default function perform(task: CopyTask): CopyResult {
  if (task.kind === 'compose') return compose(task.task);
  const doc = copyOf([task.state]);
  try {
    return JSON.stringify(readContent(doc));
  } finally {
    doc.destroy();
  }
}
