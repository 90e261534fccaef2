/** Grants: who may view, edit or own a document. A document has at least one owner. */
import type { Failure } from '../../schemas/errors.ts';
import type { Grant } from '../../schemas/http.ts';
import type { Role } from '../../schemas/realtime.ts';
import type { UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';

export interface GrantTarget {
  documentId: string;
  handle: string;
}

export type GrantChangeResult = { ok: true; changes: UserChangeNotice[] } | Failure;

export interface GrantStore {
  /** All grants of a document, by handle. The caller has checked access. */
  list(documentId: string): Promise<Grant[]>;
  /**
   * Gives a user a level. Needs level own. Fails with `not_found` (also: no such handle), `forbidden`, or `conflict`
   * when the document would be left without an owner.
   */
  put(actor: Actor, target: GrantTarget, level: Role): Promise<GrantChangeResult>;
  /** Revokes a user's grant; needs level own, except for the actor's own grant. Fails like `put`. */
  remove(actor: Actor, target: GrantTarget): Promise<GrantChangeResult>;
}
