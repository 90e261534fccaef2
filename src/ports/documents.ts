/** Documents as their users see them: metadata, the caller's level, the draft's position, and what is published. */
import type { Failure } from '../../schemas/errors.ts';
import type { Document, DocumentPatch, ListedDocument, NewDocument, Visibility } from '../../schemas/http.ts';
import type { Role } from '../../schemas/realtime.ts';
import type { UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';
import type { ListsChange } from './notices.ts';

export interface PageRequest {
  /** Maximum number of documents. */
  limit: number;
  /** Cursor: `next` of the previous page. */
  after: string | undefined;
}

export interface DocumentFilters {
  /** What to search for in title, summary and text. */
  q?: string;
  visibility?: Visibility;
  /** `deleted`: deleted documents that the user, as their owner, can restore; all other lists leave them out. */
  state?: 'draft' | 'published' | 'scheduled' | 'deleted';
  /** The caller's level. */
  role?: Role;
}

export interface DocumentPage {
  documents: ListedDocument[];
  /** Cursor of the next page; undefined on the last. */
  next: string | undefined;
}

export type DocumentChangeResult = ({ ok: true; changes: UserChangeNotice[] } & ListsChange) | Failure;

export interface DocumentChanges {
  /**
   * Title, summary, language and `live` need level edit, slug, its style and visibility need own. Fails with `not_found`, `read_only`,
   * `forbidden`, or `slug_taken`. A new title makes a new slug until the first publication, unless an owner set it. The title and summary of the draft itself are not touched here.
   */
  change(actor: Actor, documentId: string, change: DocumentPatch): Promise<({ ok: true } & ListsChange) | Failure>;
  /** Deletes it for everyone. Needs own; fails with `not_found` or `forbidden`. */
  remove(actor: Actor, documentId: string): Promise<DocumentChangeResult>;
  /** Undoes `remove`, within 30 days. Needs own; fails with `not_found` or `slug_taken`. */
  restore(actor: Actor, documentId: string): Promise<DocumentChangeResult>;
}

export interface DocumentStore extends DocumentChanges {
  /** Creates a document with an empty draft; the creator owns it. Without a slug its title makes one. Fails with `slug_taken`. */
  create(
    actor: Actor,
    creatorHandle: string,
    document: NewDocument,
  ): Promise<{ ok: true; document: Document } | Failure>;
  /** Undefined when it does not exist or the user has no grant: indistinguishable (I6). */
  get(userId: string, documentId: string): Promise<Document | undefined>;
  /**
   * The documents that the user has a grant on, newest first. A page may be short and still have a next one. With `q` those that match,
   * with where they do: matches in titles before matches in texts, whole words before beginnings before typing errors, then what the
   * user opened or edited last. `after` is of the same search, or counts for nothing.
   * @param credentialId of the session or API token, which sees its own latest writes
   */
  list(userId: string, page: PageRequest & DocumentFilters, credentialId?: string): Promise<DocumentPage>;
}
