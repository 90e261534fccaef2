/** Documents with texts, and searches in them, on a database of their own. */
import type { ExecutionContext } from 'ava';
import type { ListedDocument } from '../../schemas/http.ts';
import type { DocumentFilters } from '../../src/ports/documents.ts';
import { createDocumentUseStore } from '../../src/storage/postgres/accounts/document-uses.ts';
import { createDraftTextStore } from '../../src/storage/postgres/publishing/texts.ts';
import { accountsOf } from './accounts.ts';
import type { Person } from './people.ts';

export type Searching = Awaited<ReturnType<typeof searchingOf>>;

/** Matches in brackets. */
export const markedText = (segments: NonNullable<ListedDocument['match']>['title'] = []): string =>
  segments.map(({ text, match }) => (match ? `[${text}]` : text)).join('');

export async function searchingOf(t: ExecutionContext) {
  const world = await accountsOf(t);
  const { clock, document, documents, orm } = world;
  const texts = createDraftTextStore(orm);
  const uses = createDocumentUseStore(orm);
  let seq = 0;

  async function write(id: string, text: string, title: string | null = null, summary = ''): Promise<void> {
    seq += 1;
    await texts.project([{ documentId: id, seq, title, summary, text }]);
  }
  const search = async ({ userId }: Person, q: string, filters: DocumentFilters & { limit?: number } = {}) =>
    (await documents.list(userId, { limit: 50, after: undefined, ...filters, q })).documents;

  return {
    ...world,
    texts,
    write,
    search,
    /** A document with a text, a second after the one before. */
    async written(owner: Person, title: string, text = '', summary = ''): Promise<string> {
      clock.advance(1_000);
      const id = await document(owner, title);
      if (text !== '' || summary !== '') await write(id, text, title, summary);
      return id;
    },
    async titles(person: Person, q: string, filters: DocumentFilters = {}): Promise<string[]> {
      return (await search(person, q, filters)).map(({ title }) => title);
    },
    /** The user opens or edits it, a second after what happened before. */
    async use({ userId }: Person, documentId: string): Promise<void> {
      clock.advance(1_000);
      await uses.record([{ userId, documentId, at: clock.now() }]);
    },
  };
}
