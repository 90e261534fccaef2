/** Documents as their users see them: metadata, the caller's level, the draft's position, and what is published. */
import type { Failure } from '../../schemas/errors.ts';
import type { Document, DocumentPatch, NewDocument, Visibility } from '../../schemas/http.ts';
import type { Role } from '../../schemas/realtime.ts';
import type { UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';

export interface Page {
  /** Most documents to return. */
  limit: number;
  /** Continue from this place: `next` of an earlier page. */
  after: string | undefined;
}

export interface DocumentFilter {
  /** Words to find in title, summary and text. */
  q?: string;
  visibility?: Visibility;
  /** `deleted`: what its owners can restore; every other list leaves those out. */
  state?: 'draft' | 'published' | 'scheduled' | 'deleted';
  /** The caller's level. */
  role?: Role;
}

export interface DocumentPage {
  documents: Document[];
  /** `after` of the next page; undefined on the last. */
  next: string | undefined;
}

export type DocumentChanged = { ok: true; changes: UserChangeNotice[] } | Failure;

export interface DocumentChanges {
  /**
   * Title, summary and `live` need level edit, slug and visibility need own. Fails with `not_found`, `read_only`, `forbidden`, or
   * `slug_taken`. The title and summary of the draft itself are not touched here.
   */
  change(actor: Actor, documentId: string, change: DocumentPatch): Promise<{ ok: true } | Failure>;
  /** Nobody sees it any more. Needs own; fails with `not_found` or `forbidden`. */
  remove(actor: Actor, documentId: string): Promise<DocumentChanged>;
  /** Takes `remove` back, within 30 days. Needs own; fails with `not_found` or `slug_taken`. */
  restore(actor: Actor, documentId: string): Promise<DocumentChanged>;
}

export interface Documents extends DocumentChanges {
  /** Makes a document with its empty draft; the creator owns it. Fails with `slug_taken`. */
  create(
    actor: Actor,
    creatorHandle: string,
    document: NewDocument,
  ): Promise<{ ok: true; document: Document } | Failure>;
  /** Undefined when it does not exist or is not open to the user: nobody can tell which (I6). */
  get(userId: string, documentId: string): Promise<Document | undefined>;
  /**
   * What is open to the user, newest first. A page may be short of some, and there be a next one all the same.
   * @param holder session or token, which sees what it wrote
   */
  list(userId: string, page: Page & DocumentFilter, holder?: string): Promise<DocumentPage>;
}
