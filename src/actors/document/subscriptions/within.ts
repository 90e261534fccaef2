/** Bounds the wait for an answer: a participant that nobody calls back must ask again rather than wait for ever (I9). */
import { type Failure, failure } from '../../../../schemas/errors.ts';

/** A document may take so long to be found, claimed, loaded and committed to. */
export const ANSWER_WITHIN_MS = 10_000;

/** @returns the answer, or `unavailable` when there is none in time; what comes later is dropped */
export async function within<T>(answer: Promise<T>, ms: number): Promise<T | Failure> {
  const { promise: late, resolve } = Promise.withResolvers<Failure>();
  const timer = setTimeout(() => resolve(failure('unavailable')), ms);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
