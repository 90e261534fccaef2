/**
 * The two sources of publication channels. Public documents come from the public cache, which reads through a database role
 * that sees nothing else; private ones are read as the users who subscribe, and the same statement checks their access (I6).
 */
import { renderHtml } from '../content/html/html.ts';
import type { Body } from '../content/model/types.ts';
import type { PublicState } from '../ports/public-reads.ts';
import type { PublicCache } from './cache.ts';
import type { PublicEntry } from './entry.ts';
import type { Publication, PublicationSource, PublishedRevision } from './publication.ts';

export type PublicPages = Pick<PublicCache, 'page' | 'revisionsAfter' | 'states' | 'invalidate'>;

/** The current revision of a document, as one user may read it. */
export interface UserPublication {
  readonly documentId: string;
  readonly slug: string;
  readonly author: string;
  readonly revision: number;
  readonly title: string;
  readonly summary: string;
  readonly body: Body;
  readonly publishedAt: string;
  readonly live: boolean;
  readonly language: string;
}

/** Reads with the rights of one user each. */
export interface UserReads {
  /** Undefined: nothing that the user may read. By a former slug, the document that has another by now. */
  published(slug: string, userId: string): Promise<UserPublication | undefined>;
  /** What each name shows to a user now, in order; undefined: nothing. */
  states(names: readonly { readonly slug: string; readonly userId: string }[]): Promise<(PublicState | undefined)[]>;
  /** A revision of a document to which access was checked. */
  get(
    documentId: string,
    number: number,
  ): Promise<(Pick<UserPublication, 'title' | 'summary' | 'publishedAt'> & { readonly body: object }) | undefined>;
}

/** One object an entry and slug: a revision that was encoded is recognised by it. I9: a document has few former slugs. */
const publications = new WeakMap<PublicEntry, Map<string, Publication>>();

function publicationOf(entry: PublicEntry, slug: string): Publication {
  const ofEntry = publications.get(entry) ?? new Map<string, Publication>();
  const present = ofEntry.get(slug);
  if (present) return present;
  const { document, html } = entry;
  const publication = { live: document.live, isFormer: document.slug !== slug, current: { ...document, slug, html } };
  publications.set(entry, ofEntry.set(slug, publication));
  return publication;
}

export async function readPublic(pages: PublicPages, slug: string): Promise<Publication | undefined> {
  const entry = await pages.page(slug);
  return entry && publicationOf(entry, slug);
}

export async function readAs(pages: UserReads, slug: string, userId: string): Promise<Publication | undefined> {
  const page = await pages.published(slug, userId);
  if (!page) return undefined;
  const { body, live, ...revision } = page;
  return { live, isFormer: page.slug !== slug, current: { ...revision, slug, html: renderHtml(body) } };
}

export const publicSource = (pages: PublicPages, slug: string): PublicationSource => ({
  read: () => readPublic(pages, slug),
  async revisionsAfter(after, current, limit) {
    const revisions = await pages.revisionsAfter(current.documentId, after, limit);
    return revisions
      .filter(({ revision }) => revision <= current.revision)
      .map(
        ({ body, ...revision }): PublishedRevision =>
          revision.revision === current.revision ? current : { ...current, ...revision, html: renderHtml(body) },
      );
  },
});

/**
 * I6: each read checks whether all subscribers may read the document now.
 * @param users those of the subscribers; `revoked` is called with each who may not read it any more
 */
export const privateSource = (
  pages: UserReads,
  { slug, documentId }: Pick<PublishedRevision, 'slug' | 'documentId'>,
  users: () => ReadonlySet<string>,
  revoked: (userId: string) => void,
): PublicationSource => ({
  async read() {
    const names = [...users()].map((userId) => ({ slug, userId }));
    const states = await pages.states(names);
    // To each user the name may show another document of theirs.
    const shows = (index: number): boolean => states[index]?.documentId === documentId;
    for (const [index, { userId }] of names.entries()) if (!shows(index)) revoked(userId);
    for (const { userId } of names.filter((_, index) => shows(index))) {
      const publication = await readAs(pages, slug, userId);
      if (publication?.current.documentId === documentId) return publication;
      revoked(userId);
    }
    return undefined;
  },
  async revisionsAfter(after, current, limit) {
    const count = Math.min(current.revision - after, limit);
    const numbers = Array.from({ length: count }, (_, index) => after + 1 + index);
    const revisions = await Promise.all(
      numbers.map(async (revision): Promise<PublishedRevision | undefined> => {
        if (revision === current.revision) return current;
        const found = await pages.get(current.documentId, revision);
        if (!found) return undefined;
        const { title, summary, publishedAt, body } = found;
        return { ...current, revision, title, summary, publishedAt, html: renderHtml(body as Body) };
      }),
    );
    return revisions.filter((revision) => revision !== undefined);
  },
});
