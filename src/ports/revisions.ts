/** Revisions, for users with access to the document, and the published page, for readers. */
import type { Revision, RevisionList, RevisionSummary } from '../../schemas/http.ts';
import type { Body } from '../content/model/types.ts';
import type { Coverage, PublicDraft, PublicState } from './public-reads.ts';

/** A document as readers see it: its current revision, or the draft of a live one. Times are RFC 3339, UTC. */
export interface PublishedPage {
  documentId: string;
  slug: string;
  title: string;
  summary: string;
  body: Body;
  revision: number;
  /** Handle of the document's owner. */
  author: string;
  publishedAt: string;
  /** Of the first revision. */
  firstPublishedAt: string;
  /** When what they see last changed. */
  updatedAt: string;
  visibility: 'public' | 'private';
  /** Readers see the draft as it is written. */
  live: boolean;
  /** Position of the draft that is shown; null: the revision is. */
  seq: number | null;
  /** When it was live, from the first time to the last; null: never, or nobody noted when. */
  coverage: Coverage | null;
  /** BCP 47. */
  language: string;
}

/** The current revision without its text, and of a live document how far its draft has got. */
export interface FoundPage extends Omit<PublishedPage, 'body'> {
  draft: Pick<PublicDraft, 'seq' | 'updatedAt' | 'ownerNode'> | null;
}

export interface RevisionStore {
  /**
   * Newest first, below `before`. The caller has checked access.
   * @param credentialId of the session or API token, which sees its own latest writes
   */
  list(
    documentId: string,
    page: { limit: number; before: number | undefined },
    credentialId?: string,
  ): Promise<RevisionList>;
  /** The caller has checked access. Without `credentialId` it is read from the primary. */
  get(documentId: string, number: number, credentialId?: string): Promise<Revision | undefined>;
  /** As `get`, without the body. */
  summary(documentId: string, number: number, credentialId?: string): Promise<RevisionSummary | undefined>;
  /** As `get`, the body alone, as JSON: parsing a large one takes long. */
  body(documentId: string, number: number, credentialId?: string): Promise<string | undefined>;
  /**
   * The page published under a slug: to everyone when it is public, to users with a grant when it is not. Under a former slug
   * of it too, if no document that the user may read has that now: then the page's `slug` is another. Undefined in all other
   * cases: indistinguishable (I6).
   */
  published(slug: string, viewerUserId?: string): Promise<(FoundPage & Pick<PublishedPage, 'body'>) | undefined>;
  /** As `published`, without the body: whether a user may read it now is asked often, and a text is large. */
  publishedWithoutBody(slug: string, viewerUserId?: string): Promise<FoundPage | undefined>;
  /** What many slugs, former ones too, show to users, in order, without the text; undefined as above. */
  states(queries: readonly { slug: string; userId: string }[]): Promise<(PublicState | undefined)[]>;
  /** The newest revision's number, 0 without any, and whether readers see one; undefined: no such document. */
  state(documentId: string): Promise<{ latest: number; published: boolean } | undefined>;
}
