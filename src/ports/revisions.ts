/** What was published: revisions for those who may see the document, and the page that readers get. */
import type { Revision, RevisionList, RevisionSummary } from '../../schemas/http.ts';
import type { Body } from '../content/model/types.ts';
import type { PublicState } from './public-reads.ts';

/** The current revision of a document, as readers see it. Times are RFC 3339, UTC. */
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
  visibility: 'public' | 'private';
  /** The draft is shown as it is written. */
  live: boolean;
}

export interface Revisions {
  /** Newest first, below `before`. Access was checked before. `holder`: session or token, which sees what it wrote. */
  list(documentId: string, page: { limit: number; before: number | undefined }, holder?: string): Promise<RevisionList>;
  /** Access was checked before. Without a holder it is as of now. */
  get(documentId: string, number: number, holder?: string): Promise<Revision | undefined>;
  /** As `get`, without the body. */
  summary(documentId: string, number: number, holder?: string): Promise<RevisionSummary | undefined>;
  /** As `get`, the body alone, as JSON: that of a large one takes long to read. */
  body(documentId: string, number: number, holder?: string): Promise<string | undefined>;
  /**
   * What is published under a name: to everybody when it is public, to a viewer with a grant when it is not. Undefined is
   * every other case: nobody can tell which (I6).
   */
  published(slug: string, viewerUserId?: string): Promise<PublishedPage | undefined>;
  /** What many names show to users, in order, without its text; undefined as above. */
  states(asked: readonly { slug: string; userId: string }[]): Promise<(PublicState | undefined)[]>;
  /** The newest revision's number, 0 without any, and whether readers see one; undefined: no such document. */
  state(documentId: string): Promise<{ latest: number; published: boolean } | undefined>;
}
