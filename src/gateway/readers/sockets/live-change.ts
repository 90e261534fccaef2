/** What a change of a live draft is sent as. Pure. */
import type { Live, LiveText } from '../../../../schemas/viewer.ts';
import { splicesBetween } from './splices.ts';

export type LiveChange = Omit<Live, 'slug'>;

/** All of a text. */
export const wholeOf = ({ seq, title, summary, blocks }: LiveText): LiveChange => ({
  seq,
  base: null,
  title,
  summary,
  splices: splicesBetween([], blocks),
});

/** Undefined: readers see no difference. */
export function changeBetween(before: LiveText, after: LiveText): LiveChange | undefined {
  const splices = before.blocks === after.blocks ? [] : splicesBetween(before.blocks, after.blocks);
  const title = after.title === before.title ? {} : { title: after.title };
  const summary = after.summary === before.summary ? {} : { summary: after.summary };
  if (splices.length === 0 && !('title' in title) && !('summary' in summary)) return undefined;
  return { seq: after.seq, base: before.seq, ...title, ...summary, splices };
}
