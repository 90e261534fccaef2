/** What an author is told about the text at hand. // I1: `saved` only follows acknowledgements. */
import type { ErrorBody } from '../../../schemas/errors.ts';

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
  /** The server refuses the latest change for good, for instance because it is too large. */
  | { kind: 'refused'; unsaved: number; error: ErrorBody };

export function sameStatus(a: Status, b: Status): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
