/**
 * Public reads: published revisions of public documents. Implemented over a database role that can select nothing else (I6), and
 * by the cache in front of it.
 */
import type { Body } from '../content/model/types.ts';
import type { LoggedUpdate } from './journal.ts';
import type { DocumentNotice } from './notices.ts';

/** When readers saw the draft as it was written, from the first time to the last. Times are RFC 3339, UTC. */
export interface Coverage {
  startedAt: string;
  /** Null: they see it now. */
  endedAt: string | null;
}

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
  /** When what readers see last changed: of a revision, when it was published. */
  updatedAt: string;
  /** The draft is shown as it is written. */
  live: boolean;
  /** Position of the draft that is shown; null: the revision is. */
  seq: number | null;
  /** Null: never, or nobody noted when. */
  coverage: Coverage | null;
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
  /** Published last, first, without the first `offset` of them (left out: 0). */
  latest(limit: number, offset?: number): Promise<PublicDocument[]>;
}

/** How far into the draft of a document readers see, if it is or was live. */
export interface PublicDraft {
  /** The draft is shown as it is written: `seq` is its head. Else that is the position of the revision. */
  live: boolean;
  seq: number;
  /** The current one. */
  revision: number;
  /** When what they see last changed. RFC 3339, UTC. */
  updatedAt: string;
  /** The node that has it in memory, as far as the database knows. */
  ownerNode: string | null;
}

/** While `endedAt` is null it goes on. Milliseconds since 1970. */
export interface LivePeriod {
  startedAt: number;
  /** Position of the draft when it began. */
  startedSeq: number;
  endedAt: number | null;
}

/** An update of a draft as it was logged, `at` in milliseconds since 1970. */
export type PublicUpdate = Pick<LoggedUpdate, 'seq' | 'update' | 'at'>;

/** Drafts of public documents that are or were live, as far as readers see into them, and what else is known of those. */
export interface PublicDrafts {
  /** Undefined: there is none, or it was never live. */
  draft(documentId: string): Promise<PublicDraft | undefined>;
  /** As Yjs updates to apply in order. Undefined: readers do not see so far, or it is too large (`MAX_STATE_BYTES`). */
  stateAt(documentId: string, seq: number): Promise<Uint8Array[] | undefined>;
  /** Behind `afterSeq`, ascending, without gaps: at most `limit`, and about 1 MiB (I9). */
  updates(documentId: string, afterSeq: number, limit: number): Promise<PublicUpdate[]>;
  /** The first one first. */
  livePeriods(documentId: string): Promise<LivePeriod[]>;
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
  /** False: no list of public documents shows a difference. Left out, as by nodes of the version before: some may (I13). */
  changesLists?: boolean;
}
