/** What is published under a name, and where a publication channel reads it from. Knows no encoding and no transport. */

/** One revision in full. */
export interface PublishedRevision {
  readonly documentId: string;
  /** The one that it is followed by: its document's, or one that the document had. */
  readonly slug: string;
  /** Handle of the document's owner. */
  readonly author: string;
  readonly revision: number;
  readonly title: string;
  readonly summary: string;
  /** RFC 3339, UTC. */
  readonly publishedAt: string;
  /** Safe by construction. */
  readonly html: string;
  /** BCP 47. */
  readonly language: string;
}

/** What a name shows at the moment. */
export interface Publication {
  /** The draft is shown as it is written. */
  readonly live: boolean;
  /** The slug is one that the document had before. */
  readonly isFormer: boolean;
  readonly current: PublishedRevision;
}

/** Both methods throw when nothing can be read at the moment. */
export interface PublicationSource {
  /** Undefined: nothing that the subscribers may read. */
  read(): Promise<Publication | undefined>;
  /**
   * Revisions after one, up to the current one, in order: `limit` at most. Numbers may have holes: what was published while
   * the document was private, or was withdrawn, is left out.
   */
  revisionsAfter(revision: number, current: PublishedRevision, limit: number): Promise<readonly PublishedRevision[]>;
}
