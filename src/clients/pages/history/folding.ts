/** Folds away what did not change, except next to what did. Pure. */
import type { DiffBlock } from '../../../../schemas/http.ts';

/** Unchanged blocks shown on each side of a change. */
const CONTEXT = 1;
/** Fewer than this are not worth folding away. */
const MIN_FOLD = 3;

export interface Run {
  readonly blocks: readonly DiffBlock[];
  readonly isFolded: boolean;
}

/** The blocks in order, in runs that are shown or folded away. Blocks without any change are all shown. */
export function foldUnchanged(blocks: readonly DiffBlock[]): Run[] {
  if (blocks.every(({ kind }) => kind === 'same')) return blocks.length === 0 ? [] : [{ blocks, isFolded: false }];
  const isNear = blocks.map((_, at) =>
    blocks.slice(Math.max(at - CONTEXT, 0), at + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  );
  const runs: Run[] = [];
  let start = 0;
  for (let at = 1; at <= blocks.length; at += 1) {
    if (at < blocks.length && isNear[at] === isNear[start]) continue;
    const isFolded = !isNear[start] && at - start >= MIN_FOLD;
    runs.push({ blocks: blocks.slice(start, at), isFolded });
    start = at;
  }
  return runs;
}
