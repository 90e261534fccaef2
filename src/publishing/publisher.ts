/**
 * Publishing, for the API and the scheduler: passes the draft's committed content (I3) to the store that makes it a revision, and
 * notifies all nodes after the commit. Knows neither HTTP nor SQL.
 */
import { type Failure, failure } from '../../schemas/errors.ts';
import type { RevisionSummary } from '../../schemas/http.ts';
import { guessLanguage } from '../content/language/guess.ts';
import { BODY } from '../content/model/names.ts';
import { renderText } from '../content/model/text.ts';
import type { Body, DraftChange, DraftContent } from '../content/model/types.ts';
import { type Actor, userOf } from '../ports/actor.ts';
import type { Author } from '../ports/journal.ts';
import { documentChannel, type Notify } from '../ports/notices.ts';
import type { Publication, PublicationStore, Restored } from '../ports/publishing.ts';
import type { RevisionStore } from '../ports/revisions.ts';

/** Drafts wherever their owner is; the document router fits. */
export interface DraftContents {
  read(
    documentId: string,
    want: 'content',
  ): Promise<{ ok: true; epoch: number; seq: number; content: DraftContent } | Failure>;
  write(
    documentId: string,
    request: { author: Author; change: DraftChange } & WriteOptions,
  ): Promise<{ ok: true; seq: number } | Failure>;
}

/** `ifSeq`: only if the draft is at that position. `writeId`: of a request that may be repeated, so that it is carried out once. */
export interface WriteOptions {
  ifSeq?: number;
  writeId?: number;
}

export interface PublisherOptions {
  publishing: PublicationStore;
  revisions: Pick<RevisionStore, 'get'>;
  drafts: DraftContents;
  notify: Notify;
}

/** `detail` says what is wrong with this draft. */
export type PublishFailure = Failure & { detail?: string };

/** Access is checked in the transaction that publishes; `revert` is for those who may edit. */
export interface Publisher {
  /** With `ifSeq` only if the draft is at that position: else `precondition_failed`. */
  publish(
    actor: Actor,
    documentId: string,
    options?: { ifSeq?: number } & Omit<Publication, 'content' | 'seq'>,
  ): Promise<{ ok: true; revision: RevisionSummary } | PublishFailure>;
  unpublish(actor: Actor, documentId: string): Promise<{ ok: true } | Failure>;
  schedule(actor: Actor, documentId: string, at: Date): Promise<{ ok: true } | Failure>;
  unschedule(actor: Actor, documentId: string): Promise<{ ok: true } | Failure>;
  /** Reverts the draft to a revision, as a new edit. `not_found`: no such revision. */
  revert(
    actor: Actor,
    documentId: string,
    revision: number,
    options?: WriteOptions,
  ): Promise<{ ok: true; seq: number } | Failure>;
  /** The same to an earlier position of the draft. `change` makes of it what it was there. */
  restore(
    actor: Actor,
    documentId: string,
    earlier: { position: number; change: DraftChange },
    options?: WriteOptions,
  ): Promise<{ ok: true; seq: number } | Failure>;
}

/** Clients choose names of any length. */
const MAX_NAME = 40;

const languageOf = ({ title, summary, body }: DraftContent): string | undefined =>
  guessLanguage([title ?? '', summary, renderText(body)].join('\n'));

function textElsewhereDetail(roots: readonly string[]): string {
  const names = roots.map((name) => JSON.stringify(name.slice(0, MAX_NAME))).join(', ');
  const hint = roots.includes(BODY) ? ' Text directly in it, or in unknown elements, is not read.' : '';
  return `The text is in ${names}. Only the Y.XmlFragment "${BODY}" is published, and it is empty.${hint}`;
}

export function createPublisher({ publishing, revisions, drafts, notify }: PublisherOptions): Publisher {
  /** An edit of the draft that makes it what it was. */
  async function write(
    actor: Actor,
    documentId: string,
    change: DraftChange,
    restored: Restored,
    options: WriteOptions = {},
  ): Promise<{ ok: true; seq: number } | Failure> {
    const sessionId = actor.sessionId ?? actor.tokenId;
    if (sessionId === undefined) throw new TypeError('an actor without a session');
    const written = await drafts.write(documentId, {
      author: { userId: userOf(actor), sessionId },
      change,
      ...options,
    });
    if (written.ok) await publishing.reverted(actor, documentId, restored, written.seq);
    return written;
  }

  return {
    async publish(actor, documentId, { ifSeq, ...options } = {}) {
      const draft = await drafts.read(documentId, 'content');
      if (!draft.ok) return draft;
      const { content, seq } = draft;
      if (ifSeq !== undefined && ifSeq !== seq) return failure('precondition_failed');
      const published = await publishing.publish(actor, documentId, {
        ...options,
        content,
        seq,
        guessLanguage: () => languageOf(content),
      });
      if (published.ok) {
        const { revision, changesLists } = published;
        notify(documentChannel(documentId), { kind: 'published', revision: revision.number }, { changesLists });
        return { ok: true, revision };
      }
      const { textElsewhere } = content;
      const isElsewhere = published.error.code === 'text_elsewhere' && textElsewhere !== undefined;
      return isElsewhere ? { ...published, detail: textElsewhereDetail(textElsewhere) } : published;
    },

    async unpublish(actor, documentId) {
      const unpublished = await publishing.unpublish(actor, documentId);
      if (!unpublished.ok) return unpublished;
      const { changesLists } = unpublished;
      notify(documentChannel(documentId), { kind: 'unpublished' }, { changesLists });
      return { ok: true };
    },

    schedule: publishing.schedule,
    unschedule: publishing.unschedule,

    async revert(actor, documentId, revision, options) {
      const found = await revisions.get(documentId, revision);
      if (!found) return failure('not_found');
      const { title, summary } = found;
      return write(actor, documentId, { title, summary, body: found.body as Body }, { revision }, options);
    },

    restore: (actor, documentId, { position, change }, options) =>
      write(actor, documentId, change, { position }, options),
  };
}
