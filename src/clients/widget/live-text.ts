/** The draft of a live document as a widget has it: block by block, changed by messages. Knows neither sockets nor elements. */
import type { WidgetLive } from '../../../schemas/widget.ts';

export interface DraftText {
  /** Position of the draft. */
  readonly seq: number;
  readonly title: string;
  readonly summary: string;
  /** Safe to insert as it stands. */
  readonly blocks: readonly string[];
}

/**
 * The text after a message.
 * @returns the text itself: the message brings nothing new; undefined: messages are missing, and all of it is needed
 */
export function changedBy(
  { seq, base, title, summary, splices }: WidgetLive,
  before: DraftText | undefined,
): DraftText | undefined {
  const from = base === null ? { seq: 0, title: '', summary: '', blocks: [] } : before;
  if (base !== null && before && seq <= before.seq) return before;
  if (!from || (base !== null && from.seq !== base)) return undefined;
  const blocks = [...from.blocks];
  for (const { at, remove, blocks: fresh } of splices) blocks.splice(at, remove, ...fresh);
  return { seq, title: title ?? from.title, summary: summary ?? from.summary, blocks };
}
