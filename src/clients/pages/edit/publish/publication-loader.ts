/**
 * A document's publication as the server has it, read again whenever it may have changed: on connection, when the page
 * is shown, after what is done here or reported by the server, when a scheduled time has come, and each minute.
 */
import { latest } from '../../../../lib/latest.ts';
import { type Observable, Subject } from '../../../editor/observable.ts';
import type { Api, Problem } from '../../common/api.ts';
import { publishedBefore } from './position.ts';
import type { DraftPublication } from './publish-state.ts';

/** Milliseconds after the scheduled time, and between reads when it has passed and nothing happened yet. */
const AFTER_DUE_MS = 2_000;
/** Milliseconds between reads of what nothing was reported of. */
const RECHECK_MS = 60_000;
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2_147_483_647;

export interface PublicationLoader {
  readonly value: Observable<DraftPublication | null>;
  /** Reads it now. Resolves when `value` is no older than the call, or with the problem if it could not be read. */
  load(): Promise<Problem | null>;
  close(): void;
}

export function createPublicationLoader(
  api: Pick<Api, 'document' | 'revisions' | 'revision'>,
  documentId: string,
): PublicationLoader {
  const value = new Subject<DraftPublication | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function watchSchedule(): void {
    clearTimeout(timer);
    const at = value.get()?.document.scheduled?.at;
    if (at === undefined || isClosed) return;
    const wait = Math.max(Date.parse(at) - Date.now(), 0) + AFTER_DUE_MS;
    timer = setTimeout(() => void load(), Math.min(wait, MAX_TIMER_MS));
  }

  const read = latest(async () => {
    const answer = await api.document(documentId);
    if (!answer.ok) return answer;
    const past = await publishedBefore(api, documentId, answer.value.published?.revision ?? null);
    return past.ok ? { ok: true as const, value: { document: answer.value, ...past.value } } : past;
  });

  async function load(): Promise<Problem | null> {
    const answer = await read();
    if (isClosed) return null;
    if (answer.ok) value.set(answer.value);
    watchSchedule();
    return answer.ok ? null : answer.problem;
  }

  const onVisible = () => {
    if (document.visibilityState === 'visible') void load();
  };
  // I7: a report of a change may have been lost.
  const recheck = setInterval(onVisible, RECHECK_MS);
  document.addEventListener('visibilitychange', onVisible);
  return {
    value,
    load,
    close() {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(recheck);
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}
