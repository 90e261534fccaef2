/** How the draft differs from what readers see, and the texts about it. Pure. */
import type { Document, Visibility } from '../../../../../schemas/http.ts';
import { dialog, obstacles, state as stateTexts } from '../../../../messages/en/publish.ts';
import { problemText } from '../../common/problem-text.ts';
import { clock } from '../../common/time.ts';
import type { PageStatus } from '../page-status.ts';
import type { PublishedBefore } from './position.ts';

/** From the server's last answer. */
export interface DraftPublication extends PublishedBefore {
  readonly document: Document;
}

export type PublishState = 'unpublished' | 'current' | 'changed';

/** @param draftSeq position of the draft as far as this page knows */
export function publishStateOf(
  { document, publishedSeq }: DraftPublication,
  draftSeq: number,
  hasUnsaved: boolean,
): PublishState {
  if (document.published === null) return 'unpublished';
  const latest = Math.max(document.seq, draftSeq);
  return hasUnsaved || publishedSeq === null || latest > publishedSeq ? 'changed' : 'current';
}

/**
 * Who will be able to read it; null while an owner has not chosen. The default of a document that was never published is no
 * choice, so it is not taken for one.
 * @param picked what the owner selected here
 */
export function chosenVisibility(
  { document: { role, visibility }, isFirst }: DraftPublication,
  picked: Visibility | null,
): Visibility | null {
  if (!isFirst || role !== 'own' || visibility === 'public') return visibility;
  return picked;
}

/** Label of the button in the header. */
export function buttonLabel(state: PublishState, isScheduled: boolean): string {
  return dialog.button[isScheduled ? 'scheduled' : state];
}

/** The present state in a sentence. */
export function publishStateText(
  { document: { published, visibility, live } }: DraftPublication,
  state: PublishState,
  now: number,
): string {
  if (published === null) return stateTexts.unpublished;
  if (live) return stateTexts.live;
  const sentence = state === 'changed' ? stateTexts.changed : stateTexts.current[visibility];
  return sentence(published.revision, clock(Date.parse(published.at), now));
}

/**
 * Why nothing can be published at the moment, or null. While it is being saved, publishing waits.
 * I1: what is published is what the server has; what it does not have cannot be.
 */
export function publishObstacle(status: PageStatus): string | null {
  switch (status.kind) {
    case 'saved':
    case 'saving':
      return null;
    case 'offline':
      return status.unsaved > 0 ? obstacles.offlineUnsaved : obstacles.offline;
    case 'signed-out':
      return obstacles.signedOut;
    case 'refused':
      return obstacles.notSaved(problemText(status.error));
    case 'readonly':
      return obstacles.readOnly;
    case 'denied':
      return obstacles.denied;
  }
}

/** Settles when everything is saved, with its position; or with the reason why it will not be for now. */
export function whenSaved(
  status: { get(): PageStatus; subscribe(listener: (value: PageStatus) => void): () => void },
  signal: AbortSignal,
): Promise<{ readonly ok: true; readonly seq: number } | { readonly ok: false; readonly reason: string }> {
  return new Promise((resolve) => {
    function look(value: PageStatus): void {
      const reason = signal.aborted ? '' : publishObstacle(value);
      if (reason === null && value.kind !== 'saved') return;
      unsubscribe();
      signal.removeEventListener('abort', abort);
      resolve(
        value.kind === 'saved' && reason === null ? { ok: true, seq: value.seq } : { ok: false, reason: reason ?? '' },
      );
    }
    const abort = () => look(status.get());
    const unsubscribe = status.subscribe(look);
    signal.addEventListener('abort', abort);
    look(status.get());
  });
}
