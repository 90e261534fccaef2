/** A resident document against a journal that commits when the test says so, and what it shows. */
import * as Y from 'yjs';
import type { DocumentLimits } from '../../src/actors/document/ports.ts';
import { ResidentDocument } from '../../src/actors/document/resident-document.ts';
import type { LoadedDraft } from '../../src/ports/journal.ts';
import { type Author, actorHarness, author, EMPTY } from './actors.ts';

/** Under which the document is owned. */
export const CLAIM = { epoch: 3, headSeq: 0 };

export type ResidentHarness = ReturnType<typeof residentDocument>;

/** `machineEvents`: what the document's machine would act on; as it does, the document is ended then. */
export function residentDocument(limits: Partial<DocumentLimits> = {}, loaded: LoadedDraft = EMPTY) {
  const harness = actorHarness(limits);
  harness.journal.epoch = CLAIM.epoch;
  const machineEvents: string[] = [];
  const resident = new ResidentDocument('doc', CLAIM, loaded, harness.ports, harness.refusal, {
    onRefused: () => machineEvents.push('refused'),
    onFenced: () => {
      machineEvents.push('fenced');
      resident.end('deposed');
    },
    onBroken: (error) => {
      machineEvents.push(`broken: ${error}`);
      resident.end('restarted');
    },
  });
  return { ...harness, resident, machineEvents };
}

/** The update of an author who types words. */
export const typed = (who: Author, words: string, at = 0): Uint8Array => who.write((text) => text.insert(at, words));

/** The text that these updates make when they are applied in order. */
export function replay(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

export const bytesOf = (doc: Y.Doc): string => Buffer.from(Y.encodeStateAsUpdate(doc)).toString('hex');

/** What the document shows to somebody who has nothing. */
export function shown(harness: ResidentHarness): Y.Doc {
  const reader = author(`reader ${harness.events.length}`, 999_999);
  harness.resident.handle(harness.open(reader, 'shown'));
  const answer = harness.answers('shown').at(-1);
  if (!answer?.ok || !('update' in answer)) throw new Error('not opened');
  return replay([answer.update]);
}
