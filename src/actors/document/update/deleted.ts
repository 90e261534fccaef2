/**
 * Looks up whether an update deletes a run of clocks itself. Knows only the delete ranges of one scan.
 */
import type { ScanSuccess } from './scan.ts';

/** Answers whether one delete range of the update covers the clocks `from` (inclusive) to `to` (exclusive). */
export function deletedBy(scan: ScanSuccess): (client: number, from: number, to: number) => boolean {
  const { deletes } = scan;
  // First range and the one after the last, by clientID: the scan has checked that they stand together, in order.
  const spans = new Map<number, { first: number; last: number }>();
  for (let at = 0; at < deletes.length; at += 3) {
    const span = spans.get(deletes[at] as number);
    if (span === undefined) spans.set(deletes[at] as number, { first: at / 3, last: at / 3 + 1 });
    else span.last = at / 3 + 1;
  }
  return (client, from, to) => {
    const span = spans.get(client);
    if (span === undefined) return false;
    let low = span.first;
    let high = span.last - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((deletes[middle * 3 + 1] as number) <= from) low = middle;
      else high = middle - 1;
    }
    const start = deletes[low * 3 + 1] as number;
    return start <= from && to <= start + (deletes[low * 3 + 2] as number);
  };
}
