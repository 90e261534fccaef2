/**
 * Makes a change of content into a Yjs update, on a copy of the draft that is thrown away. Pure; knows neither the live
 * draft nor its owner's checks: what comes out is taken in like any author's update.
 */
import * as Y from 'yjs';
import { writeContent } from '../../../content/draft.ts';
import type { DraftChange } from '../../../content/types.ts';

/** A client id to write under, and the clock that the live draft has for it. */
export interface Speaker {
  readonly clientId: number;
  readonly clock: number;
}

export interface ComposeTask {
  /** The draft that the change is made from, as Yjs updates. */
  readonly updates: readonly Uint8Array[];
  readonly change: DraftChange;
  /** In order of preference. One that wrote more since than the copy knows of cannot be used: its clocks are taken. */
  readonly speakers: readonly Speaker[];
}

export interface Composed {
  readonly speaker: Speaker;
  /** Undefined: the change changes nothing. */
  readonly update: Uint8Array | undefined;
}

/** @throws when none of the speakers can be used, or the updates are not Yjs's */
export function compose({ updates, change, speakers }: ComposeTask): Composed {
  const doc = copyOf(updates);
  try {
    const speaker = speakers.find(({ clientId, clock }) => Y.getState(doc.store, clientId) === clock);
    if (!speaker) throw new Error('no client id is free');
    doc.clientID = speaker.clientId;
    const emitted: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => {
      emitted.push(update);
    });
    writeContent(doc, change);
    return { speaker, update: emitted.length > 1 ? Y.mergeUpdates(emitted) : emitted[0] };
  } finally {
    doc.destroy();
  }
}

export function copyOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc({ gc: true });
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}
