/**
 * Two clients under one client id: whether what the server has under an id differs from what this client wrote under it. True
 * only where it is certain: what was deleted on either side cannot be compared.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Yjs puts this where a character was cut through, on one side perhaps. */
const REPLACEMENT = '\ufffd';

/** Whether an update has other work under a client id than the document, at the same clocks. */
export function collides(doc: Y.Doc, update: Uint8Array, client: number): boolean {
  const ours = doc.store.clients.get(client) ?? [];
  let at = 0;
  for (const theirs of Y.decodeUpdate(update).structs) {
    if (theirs.id.client !== client || !(theirs instanceof Y.Item)) continue;
    const end = theirs.id.clock + theirs.length;
    while (at < ours.length && endOf(ours[at]!) <= theirs.id.clock) at += 1;
    for (let index = at; index < ours.length && ours[index]!.id.clock < end; index += 1) {
      const own = ours[index]!;
      if (own instanceof Y.Item && differ(own, theirs)) return true;
    }
  }
  return false;
}

const endOf = ({ id, length }: Y.Item | Y.GC): number => id.clock + length;

/** Two items that share clocks. */
function differ(a: Y.Item, b: Y.Item): boolean {
  const from = Math.max(a.id.clock, b.id.clock);
  const to = Math.min(endOf(a), endOf(b));
  if (!Y.compareIDs(originAt(a, from), originAt(b, from))) return true;
  if (a.content instanceof Y.ContentDeleted || b.content instanceof Y.ContentDeleted) return false;
  if (a.content.constructor !== b.content.constructor) return true;
  const [x, y] = [unitsOf(a, from, to), unitsOf(b, from, to)];
  return x !== y && !x.includes(REPLACEMENT) && !y.includes(REPLACEMENT);
}

/** What stood to the left of a unit when it was written. */
function originAt({ id, origin }: Y.Item, clock: number): Y.ID | null {
  return clock === id.clock ? origin : new Y.ID(id.client, clock - 1);
}

function unitsOf({ id, content }: Y.Item, from: number, to: number): string {
  const [start, end] = [from - id.clock, to - id.clock];
  if (content instanceof Y.ContentString) return content.str.slice(start, end);
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) {
    return JSON.stringify(content.arr.slice(start, end));
  }
  const encoder = new Y.UpdateEncoderV1();
  content.write(encoder, 0);
  return encoding.toUint8Array(encoder.restEncoder).join();
}
