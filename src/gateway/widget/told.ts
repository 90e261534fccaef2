/** What followers are told, ready to be sent: a revision is encoded once, however many read it. Knows no transport. */
import type { WidgetGone, WidgetRevision } from '../../../schemas/widget.ts';
import { renderHtml } from '../../content/html/html.ts';
import type { PublicDocument, PublicRevision } from '../../ports/public-reads.ts';
import type { PublicCache } from '../../published/cache.ts';
import type { PublicEntry } from '../../published/entry.ts';

/** Everything that the widget surface can read (I6). */
export type PublicPages = Pick<PublicCache, 'page' | 'revisionsAfter' | 'states' | 'invalidate'>;

export interface Told {
  readonly documentId: string;
  readonly revision: number;
  readonly json: string;
}

/** As long as the cache holds the entry, this is held with it. */
const encoded = new WeakMap<PublicEntry, Told>();

export function toldOf(entry: PublicEntry): Told {
  const present = encoded.get(entry);
  if (present) return present;
  const told = encode(entry.document, entry.document, entry.html);
  encoded.set(entry, told);
  return told;
}

/** An earlier revision, under the name and owner that the document has now. */
export const toldOfEarlier = (document: PublicDocument, revision: PublicRevision): Told =>
  encode(document, revision, renderHtml(revision.body));

export const goneOf = (slug: string): string => JSON.stringify({ type: 'gone', document: slug } satisfies WidgetGone);

function encode(
  { documentId, slug, author }: PublicDocument,
  { revision, title, summary, publishedAt }: Pick<PublicRevision, 'revision' | 'title' | 'summary' | 'publishedAt'>,
  html: string,
): Told {
  const message: WidgetRevision = {
    type: 'revision',
    document: slug,
    id: documentId,
    revision,
    title,
    summary,
    html,
    author,
    publishedAt,
  };
  return { documentId, revision, json: JSON.stringify(message) };
}
