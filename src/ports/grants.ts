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

export type GrantsChanged = { ok: true; changes: UserChangeNotice[] } | Failure;

export interface Grants {
  /** All grants of a document by handle. The caller's right to see them is not checked here. */
  list(documentId: string): Promise<Grant[]>;
  /**
   * Gives a user a level. Needs level own. Fails with `not_found` (also: no such handle), `forbidden`, or `conflict`
   * when the document would be left without an owner.
   */
  put(actor: Actor, target: GrantTarget, level: Role): Promise<GrantsChanged>;
  /** Takes a user's grant away; needs level own, except for one's own grant. Fails like `put`. */
  remove(actor: Actor, target: GrantTarget): Promise<GrantsChanged>;
}
