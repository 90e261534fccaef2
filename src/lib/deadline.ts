/**
 * Waits for work no longer than a deadline. The work is not cancelled: what it brings after the deadline is dropped, a late
 * rejection included.
 */

/** @returns what the work brings; after `ms` what `late` returns, or throws where it throws */
export async function withDeadline<T, L>(work: Promise<T>, ms: number, late: () => L): Promise<T | L> {
  const { promise: deadline, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  try {
    const first = await Promise.race([work.then((value) => ({ value })), deadline]);
    return first === 'late' ? late() : first.value;
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error when there is no response in time */
export const answerWithin = <T>(work: Promise<T>, ms: number): Promise<T> =>
  withDeadline(work, ms, () => {
    throw new Error(`no answer within ${ms} ms`);
  });
