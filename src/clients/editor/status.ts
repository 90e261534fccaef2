/** What an author is shown of the text at hand. // I1: `saved` only follows acknowledgements. */
import type { ErrorBody } from '../../../schemas/errors.ts';

/** `connecting`: nothing is known yet. After a loss it is `disconnected` until a connection stands. */
export type ConnectionState = 'connecting' | 'connected' | 'disconnected';

/** Where in a document a part is that cannot be saved. */
export interface PartLocation {
  /** The shared type at the root, such as `body`. */
  root: string;
  /** From there: keys of maps and attributes, and indexes of what is not deleted. */
  path: (string | number)[];
  /** Encoded size. */
  bytes: number;
}

export type Status =
  /** Everything here is committed. `at`: milliseconds since the epoch of the last acknowledgement, 0 before the first. */
  | { kind: 'saved'; seq: number; at: number }
  /** On its way; `unsaved` updates are not acknowledged yet. */
  | { kind: 'saving'; unsaved: number }
  /** No connection; what is unsaved waits here. */
  | { kind: 'offline'; unsaved: number }
  | { kind: 'readonly' }
  /** No such document, or no longer open to this user. */
  | { kind: 'denied' }
  /**
   * The server refuses something for good. With `part` it is that part of the text, and what builds on it; all else is sent,
   * and the part as well once it was changed or deleted. Nothing of it leaves this client. `append_refused` passes: the
   * database takes no changes of this document at the moment; they are kept here and sent again until it does.
   */
  | { kind: 'refused'; unsaved: number; error: ErrorBody; part?: PartLocation };

export function sameStatus(a: Status, b: Status): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
