/** Runs of clocks of one client id, as Yjs keeps what is deleted: `clock` is the first, `len` how many. */
import * as Y from 'yjs';

export interface Range {
  clock: number;
  len: number;
}
/** Sorted and disjoint ranges by client id. */
export type RangesByClient = ReadonlyMap<number, readonly Range[]>;

/** The parts of `ours` that `theirs` does not cover. Both are sorted and disjoint. */
export function subtract(ours: readonly Range[], theirs: readonly Range[]): Range[] {
  const left: Range[] = [];
  let index = 0;
  for (const range of ours) {
    let clock = range.clock;
    const end = range.clock + range.len;
    while (index < theirs.length && theirs[index]!.clock + theirs[index]!.len <= clock) index += 1;
    for (let at = index; at < theirs.length && theirs[at]!.clock < end; at += 1) {
      const known = theirs[at]!;
      if (known.clock > clock) left.push({ clock, len: known.clock - clock });
      clock = Math.max(clock, known.clock + known.len);
    }
    if (clock < end) left.push({ clock, len: end - clock });
  }
  return left;
}

/** Sorted and disjoint. */
export function normalized(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.clock - b.clock);
  const merged: Range[] = [];
  for (const { clock, len } of sorted) {
    const last = merged.at(-1);
    if (last && clock <= last.clock + last.len) last.len = Math.max(last.len, clock + len - last.clock);
    else merged.push({ clock, len });
  }
  return merged;
}

/** A delete set as it stands at the end of a v1 update. */
export function encodeDeletes(deletes: RangesByClient): Uint8Array {
  const set = Y.createDeleteSet();
  for (const [client, ranges] of deletes) set.clients.set(client, ranges as never);
  // A snapshot is a delete set followed by a state vector; the empty one takes a byte.
  return Y.encodeSnapshot(Y.createSnapshot(set, new Map())).slice(0, -1);
}
