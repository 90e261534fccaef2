/**
 * Makes a change of content into a Yjs update, on a copy of the draft that is thrown away. Pure; knows neither the
 * resident draft nor its owner's checks.
 *
 * The update is made from content that was checked, so it adds structs of the given client id alone, builds on what the
 * copy has, and has the form that Yjs writes. Its size is bounded by limits of its own (I9).
 */
import * as Y from 'yjs';
import type { ErrorCode } from '../../../../schemas/errors.ts';
import type { DraftChange } from '../../../content/model/types.ts';
import { writeContent } from '../../../content/yjs/draft.ts';
import type { ScanLimits } from '../update/limits.ts';
import { scanUpdate, type UpdateWeight } from '../update/scan.ts';
import { beginningsOf, partsOf } from './parts.ts';

/** A client id to write under, and the clock that the resident draft has for it. */
export interface ServerClientId {
  readonly clientId: number;
  readonly clock: number;
  /** A new id that no user has: only if no other can be used. */
  readonly isSpare?: boolean;
}

export interface ComposeTask {
  /** The draft that the change is made from, as Yjs updates. */
  readonly updates: readonly Uint8Array[];
  /** The draft as it is, where the change is made from an older one. */
  readonly present?: Uint8Array | undefined;
  readonly change: DraftChange;
  /** In order of preference. One that has written more since than the copy has cannot be used: its clocks are taken. */
  readonly clientIds: readonly ServerClientId[];
  readonly limits: ScanLimits;
}

/** An update, whole and in parts, see parts.ts. */
export interface ComposedUpdate {
  readonly kind: 'made';
  readonly writtenUnder: ServerClientId;
  readonly update: Uint8Array;
  readonly parts: readonly Uint8Array[];
  readonly weight: UpdateWeight;
}

export type Composed =
  | ComposedUpdate
  | { kind: 'unchanged' }
  | { kind: 'refused'; code: ErrorCode; detail?: string | undefined };

/** @throws when none of the client ids can be used, or the updates are not valid */
export function compose({ updates, change, limits, clientIds }: ComposeTask): Composed {
  // What it deletes is thrown away with it: collecting that first would take longer than all else.
  const doc = copyOf(updates, false);
  try {
    const writtenUnder = usableClientId(doc, change, clientIds);
    doc.clientID = writtenUnder.clientId;
    const beginnings = beginningsOf(doc);
    const emitted: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => {
      emitted.push(update);
    });
    writeContent(doc, change);
    const update = emitted.length > 1 ? Y.mergeUpdates(emitted) : emitted[0];
    if (!update) return { kind: 'unchanged' };
    if (update.byteLength > limits.maxBytes) return { kind: 'refused', code: 'update_too_large' };
    const scan = scanUpdate(update, limits);
    if (!scan.ok) return { kind: 'refused', code: scan.code, detail: scan.detail };
    const { structCount, deleteRanges, deletedLength } = scan;
    const weight = { structCount, deleteRanges, deletedLength };
    return { kind: 'made', writtenUnder, update, parts: partsOf(update, beginnings), weight };
  } finally {
    doc.destroy();
  }
}

/** Beyond so many structs of one client, another client id is cheaper. */
const MANY_STRUCTS = 1_000;

/**
 * The first that can be used. But for a whole text not the one that wrote most of what is there: Yjs keeps the structs of a client in
 * one list, and each that goes would move all that the same client adds.
 */
function usableClientId(doc: Y.Doc, change: DraftChange, clientIds: readonly ServerClientId[]): ServerClientId {
  const usable = clientIds.filter(({ clientId, clock }) => Y.getState(doc.store, clientId) === clock);
  const [first] = usable;
  if (!first) throw new Error('no client id is free');
  if (change.body === undefined) return first;
  const standing = ({ clientId }: ServerClientId): number =>
    (doc.store.clients.get(clientId) ?? []).reduce((sum, { deleted }) => sum + (deleted ? 0 : 1), 0);
  if (standing(first) <= MANY_STRUCTS) return first;
  return usable.find((one) => !one.isSpare && standing(one) <= MANY_STRUCTS) ?? first;
}

export function copyOf(updates: readonly Uint8Array[], gc = true): Y.Doc {
  const doc = new Y.Doc({ gc });
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

/**
 * Applies the parts to a copy of the draft that they are meant for: whether each takes no more than so many milliseconds of
 * this thread, however busy the machine is. A draft can be prepared for making them dear (I10).
 * @throws when they cannot be applied
 */
export function isQuick(parts: readonly Uint8Array[], updates: readonly Uint8Array[], partMs: number): boolean {
  const doc = copyOf(updates);
  try {
    return parts.every((part) => {
      const before = process.threadCpuUsage();
      Y.applyUpdate(doc, part);
      if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) throw new Error('a part was left pending');
      const { system, user } = process.threadCpuUsage(before);
      return (user + system) / 1_000 <= partMs;
    });
  } finally {
    doc.destroy();
  }
}
