/**
 * Public reads: published revisions of public documents. Implemented over a database role that can select nothing else (I6), and
 * by the cache in front of it.
 */
import type { Body } from '../content/model/types.ts';
import type { DocumentNotice } from './notices.ts';

/** What readers see of a document at the moment. Times are RFC 3339, UTC. */
export interface PublicDocument {
  documentId: string;
  slug: string;
  revision: number;
  title: string;
  summary: string;
  /** Handle of the owner. */
  author: string;
  publishedAt: string;
  firstPublishedAt: string;
  /** The draft is shown as it is written. */
  live: boolean;
  /** BCP 47. */
  language: string;
}

export interface PublicRevision {
  documentId: string;
  revision: number;
  title: string;
  summary: string;
  publishedAt: string;
  body: Body;
}

/** What tells whether a document is still what it was shown as; `slug` is the name that it was asked by. */
export type PublicState = Pick<PublicDocument, 'documentId' | 'slug' | 'revision' | 'live'>;

/** Undefined: private, unpublished, deleted or none; nobody can tell which. */
export interface PublicReads {
  /** By its slug, or one that it had in public: then the answer's `slug` is another. A former slug that is in use again is none. */
  bySlug(slug: string): Promise<PublicDocument | undefined>;
  byId(documentId: string): Promise<PublicDocument | undefined>;
  /** Of many slugs at once, former ones too, in any order; those of nothing are left out. */
  states(slugs: readonly string[]): Promise<PublicState[]>;
  /** The current one, and earlier ones that were published while the document was public. */
  revision(documentId: string, revision: number): Promise<PublicRevision | undefined>;
  /** Revisions after one, in order. */
  revisionsAfter(documentId: string, after: number, limit: number): Promise<PublicRevision[]>;
  /** Published last, first. */
  latest(limit: number): Promise<PublicDocument[]>;
}

/** Where a public document is, and when its revision was published. */
export type PublicAddress = Pick<PublicDocument, 'documentId' | 'slug' | 'publishedAt'>;

/** Lists of all that is public, for feeds and search engines. */
export interface PublicLists {
  /** In order of their ids: those after one (undefined: from the first), up to another (undefined: to the last). */
  addresses(range: AddressRange, limit: number): Promise<PublicAddress[]>;
  /** The id of each `every`th public document but the last, in that order: where a long list is divided. */
  divisions(every: number): Promise<string[]>;
  /** First published within so many hours, newest first. */
  firstPublishedWithin(hours: number, limit: number): Promise<PublicDocument[]>;
}

export interface AddressRange {
  readonly after?: string | undefined;
  readonly upTo?: string | undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Anything else names no document, and needs no query. Of slugs: `isSlug`. */
export const isDocumentId = (text: string): boolean => UUID.test(text);

/** The cluster channel that carries every publication and change of a document, after its commit, to all caches. */
export const PUBLICATIONS = 'publications';

/** May be lost (I7): a cache expires what no notice invalidated. */
export interface PublicationNotice {
  documentId: string;
  kind: DocumentNotice['kind'];
  /** When the sender knows it. */
  slug?: string;
}
