/** Reads a document's history page by page. Knows nothing of the DOM. */
import type { DocumentWithGrants, RevisionSummary, WritingSession } from '../../../../schemas/http.ts';
import type { Answer, Api } from '../common/api.ts';
import { type Entry, entryOf, type Loaded, timelineOf } from './timeline.ts';
import type { View } from './view-address.ts';

/** Pages that are read to find what an address names. */
const MAX_PAGES = 10;

export interface History extends Loaded {
  readonly document: DocumentWithGrants;
  readonly entries: readonly Entry[];
}

type Reads = Pick<Api, 'document' | 'writingSessions' | 'revisions'>;

export interface HistoryLoader {
  /** Reads the newest part, and on until it has what the view is of or that is too far away. */
  start(view: View): Promise<Answer<History>>;
  /** Reads one page more. */
  older(): Promise<Answer<History>>;
}

export function createHistoryLoader(api: Reads, documentId: string): HistoryLoader {
  let document: DocumentWithGrants | undefined;
  let sessions: readonly WritingSession[] = [];
  let revisions: readonly RevisionSummary[] = [];
  let nextSession: number | undefined;
  let hasMoreRevisions = true;

  function loaded(): Answer<History> {
    if (document === undefined) throw new Error('nothing was loaded');
    const loaded = { sessions, revisions, from: nextSession ?? 0 };
    return { ok: true, value: { ...loaded, document, entries: timelineOf(loaded) } };
  }

  async function readSessions(): Promise<Answer<unknown>> {
    const answer = await api.writingSessions(documentId, nextSession === undefined ? {} : { before: nextSession });
    if (!answer.ok) return answer;
    sessions = [...sessions, ...answer.value.sessions];
    nextSession = answer.value.next;
    return answer;
  }

  /** Those of the sessions that are loaded, and the one before: its changes are counted from there. */
  async function readRevisions(): Promise<Answer<unknown>> {
    let answer: Answer<unknown> = { ok: true, value: undefined };
    while (answer.ok && hasMoreRevisions && (revisions.at(-1)?.seq ?? Number.POSITIVE_INFINITY) >= (nextSession ?? 0)) {
      const before = revisions.at(-1)?.number;
      const page = await api.revisions(documentId, before === undefined ? {} : { before });
      answer = page;
      if (!page.ok) break;
      revisions = [...revisions, ...page.value.revisions];
      hasMoreRevisions = page.value.next !== undefined;
    }
    return answer;
  }

  async function older(): Promise<Answer<History>> {
    const read = await readSessions();
    if (!read.ok) return read;
    const published = await readRevisions();
    return published.ok ? loaded() : published;
  }

  return {
    async start(view) {
      const answer = await api.document(documentId);
      if (!answer.ok) return answer;
      document = answer.value;
      let history = await older();
      for (let pages = 1; history.ok && pages < MAX_PAGES && nextSession !== undefined; pages += 1) {
        if (entryOf(history.value.entries, view) !== undefined) break;
        history = await older();
      }
      return history;
    },
    older,
  };
}
