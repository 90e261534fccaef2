/**
 * What this client has and the server lacks, as one update. The server told its state vector and, in its own update, all
 * that it holds as deleted; Yjs would repeat every deletion of the document, here only the missing ones are sent.
 */
import * as Y from 'yjs';

type Ranges = { clock: number; len: number }[];

/** The parts of `ours` that `theirs` does not cover. Both are sorted and disjoint. */
function subtract(ours: Ranges, theirs: Ranges): Ranges {
  const left: Ranges = [];
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

function normalized(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a.clock - b.clock);
  const merged: Ranges = [];
  for (const { clock, len } of sorted) {
    const last = merged.at(-1);
    if (last && clock <= last.clock + last.len) last.len = Math.max(last.len, clock + len - last.clock);
    else merged.push({ clock, len });
  }
  return merged;
}

/** A delete set as it stands at the end of a v1 update. */
function encodeDeletes(deletes: Y.Snapshot['ds']): Uint8Array {
  // A snapshot is a delete set followed by a state vector; the empty one takes a byte.
  return Y.encodeSnapshot(Y.createSnapshot(deletes, new Map())).slice(0, -1);
}

/**
 * @param serverUpdate what the server answered to `open`: it ends with all deletions that the server knows
 * @param serverVector the server's state vector at that moment
 * @returns a v1 update, or undefined when the server lacks nothing
 */
export function unsentUpdate(doc: Y.Doc, serverUpdate: Uint8Array, serverVector: Uint8Array): Uint8Array | undefined {
  const whole = Y.encodeStateAsUpdate(doc, serverVector);
  const ours = Y.snapshot(doc).ds;
  const structs = whole.subarray(0, whole.byteLength - encodeDeletes(ours).byteLength);
  const theirs = Y.decodeUpdate(serverUpdate).ds;
  const missing = Y.createDeleteSet();
  for (const [client, ranges] of ours.clients) {
    const left = subtract(normalized(ranges), normalized(theirs.clients.get(client) ?? []));
    if (left.length > 0) {
      missing.clients.set(client, left as (typeof ranges)[number][]);
    }
  }
  const hasStructs = !(structs.byteLength === 1 && structs[0] === 0);
  if (!hasStructs && missing.clients.size === 0) return undefined;
  const deletes = encodeDeletes(missing);
  const update = new Uint8Array(structs.byteLength + deletes.byteLength);
  update.set(structs);
  update.set(deletes, structs.byteLength);
  return update;
}
