/** Bounds the wait for an answer to `open`: after the deadline the subscriber tries again instead of waiting for ever (I9). */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import { withDeadline } from '../../../lib/deadline.ts';

/** Time for a document to be found, claimed, loaded and committed to, milliseconds. */
const OPEN_WITHIN_MS = 10_000;

/** @returns the answer, or `unavailable` after the deadline */
export const openWithin = <T>(answer: Promise<T>): Promise<T | Failure> =>
  withDeadline(answer, OPEN_WITHIN_MS, () => failure('unavailable'));
