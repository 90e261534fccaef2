/** What a write on accounts or access has to tell the rest of the system once it is committed. */
import type { UserChange } from '../../../ports/access.ts';

/** A change and whom it concerns; published on `user:{id}` (I6). */
export interface Published {
  userId: string;
  change: UserChange;
}
