/** Spreads calls over time, so that what they set off is spread as well. */

/** Pause between two slices, milliseconds. */
const SLICE_MS = 50;

/**
 * Calls `each` for all present items, spread evenly over about `spreadMs`; at once if that is less than a slice.
 * @param pause waits, in milliseconds
 */
export async function spreadOver<Item>(
  items: Iterable<Item>,
  spreadMs: number,
  each: (item: Item) => void,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const all = [...items];
  const slices = Math.max(Math.floor(spreadMs / SLICE_MS), 1);
  const size = Math.ceil(all.length / slices);
  for (let at = 0; at < all.length; at += size) {
    if (at > 0) await pause(SLICE_MS);
    for (const item of all.slice(at, at + size)) each(item);
  }
}
