/**
 * Where viewers' pages come from. Public ones from what anybody may read, through the role that sees nothing else; private
 * ones through the users who follow them, whose access the same statement checks (I6).
 */
import type { ViewedRevision } from '../../../../schemas/viewer.ts';
import { renderHtml } from '../../../content/html/html.ts';
import type { Body } from '../../../content/model/types.ts';
import type { PublicRevision, PublicState } from '../../../ports/public-reads.ts';
import type { PublicCache } from '../../../published/cache.ts';
import type { PublicEntry } from '../../../published/entry.ts';

/** What a name shows at the moment. */
export interface Shown {
  readonly documentId: string;
  readonly live: boolean;
  readonly current: ViewedRevision;
}

/** Each method throws when it cannot be read at the moment. */
export interface Source {
  /** Undefined: nothing, for those who follow. */
  read(): Promise<Shown | undefined>;
  /** Revisions between one and the current one, in order: `limit` at most. */
  between(after: number, shown: Shown, limit: number): Promise<readonly ViewedRevision[]>;
}

/** What anybody may read. */
export interface PublicPages {
  page(slug: string): Promise<PublicEntry | undefined>;
  revisionsAfter(documentId: string, after: number, limit: number): Promise<readonly PublicRevision[]>;
  states: PublicCache['states'];
  invalidate: PublicCache['invalidate'];
}

interface PublishedPage {
  readonly documentId: string;
  readonly slug: string;
  readonly revision: number;
  readonly title: string;
  readonly summary: string;
  readonly body: Body;
  readonly publishedAt: string;
  readonly live: boolean;
}

/** A page as one user asks for it. */
export interface Asked {
  readonly slug: string;
  readonly userId: string;
}

/** What users may read. */
export interface UsersPages {
  /** The current revision, if the user may read it. */
  published(slug: string, userId: string): Promise<PublishedPage | undefined>;
  /** What each of many names shows to a user now, in order; undefined: nothing. */
  states(asked: readonly Asked[]): Promise<(PublicState | undefined)[]>;
  /** A revision of a document to which access was checked. */
  get(
    documentId: string,
    number: number,
  ): Promise<(Pick<PublishedPage, 'title' | 'summary' | 'publishedAt'> & { readonly body: object }) | undefined>;
}

type Revision = Pick<PublishedPage, 'revision' | 'title' | 'summary' | 'publishedAt'>;

const viewed = (
  id: string,
  slug: string,
  { revision, title, summary, publishedAt }: Revision,
  html: string,
): ViewedRevision => ({
  slug,
  id,
  revision,
  title,
  summary,
  html,
  publishedAt,
});

export async function readPublic(pages: PublicPages, slug: string): Promise<Shown | undefined> {
  const entry = await pages.page(slug);
  // An entry is asked for by its name; under another it would be followed by nobody's notices.
  if (entry?.document.slug !== slug) return undefined;
  const { documentId, live } = entry.document;
  return { documentId, live, current: viewed(documentId, slug, entry.document, entry.html) };
}

export async function readAs(pages: UsersPages, slug: string, userId: string): Promise<Shown | undefined> {
  const page = await pages.published(slug, userId);
  if (page?.slug !== slug) return undefined;
  const { documentId, live } = page;
  return { documentId, live, current: viewed(documentId, slug, page, renderHtml(page.body)) };
}

export const publicSource = (pages: PublicPages, slug: string): Source => ({
  read: () => readPublic(pages, slug),
  async between(after, { documentId, current }, limit) {
    const revisions = await pages.revisionsAfter(documentId, after, limit);
    return revisions
      .filter(({ revision }) => revision < current.revision)
      .map((revision) => viewed(documentId, slug, revision, renderHtml(revision.body)));
  },
});

/**
 * I6: each read asks whether all who follow may read it now.
 * @param users those who follow; `lost` is told who may not any more
 */
export const privateSource = (
  pages: UsersPages,
  slug: string,
  users: () => ReadonlySet<string>,
  lost: (userId: string) => void,
): Source => ({
  async read() {
    const asked = [...users()].map((userId) => ({ slug, userId }));
    const states = await pages.states(asked);
    for (const [index, { userId }] of asked.entries()) if (!states[index]) lost(userId);
    for (const { userId } of asked.filter((_, index) => states[index])) {
      const shown = await readAs(pages, slug, userId);
      if (shown) return shown;
      lost(userId);
    }
    return undefined;
  },
  async between(after, { documentId, current }, limit) {
    const numbers = Array.from({ length: current.revision - after - 1 }, (_, index) => after + 1 + index);
    const revisions = await Promise.all(
      numbers.slice(0, limit).map(async (number) => ({ number, found: await pages.get(documentId, number) })),
    );
    return revisions.flatMap(({ number, found }) =>
      found ? viewed(documentId, slug, { ...found, revision: number }, renderHtml(found.body as Body)) : [],
    );
  },
});
