/** Retries the start while the cause can be temporary: a port in use, a database that recovers from a crash. */
import { setTimeout as delay } from 'node:timers/promises';
import { PortTaken } from '../gateway/listener/port-taken.ts';
import { type BackoffPolicy, backoffMs } from '../lib/backoff.ts';
import { isUnavailable } from '../storage/postgres/unavailable.ts';

const RETRY: BackoffPolicy = { firstMs: 250, longestMs: 5_000 };

/** The cause lasted too long. The message is the whole output. */
class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

/** @returns the temporary cause, as a sentence; undefined when a retry cannot succeed */
function whyLater(error: unknown): string | undefined {
  if (error instanceof PortTaken) return error.message;
  if (!(error instanceof Error) || !isUnavailable(error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  // A missing file stays missing, but the file of a socket can appear.
  if (code === 'ENOENT' && syscall !== 'connect') return undefined;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return `a service is not available yet (${first instanceof Error ? first.message : error.message})`;
}

/**
 * Prints each reason as one line on standard error. Undefined: it was stopped first.
 * @throws StartFailed after `withinMs`; any other error at once
 */
export async function startWithRetries<T>(
  startOnce: () => Promise<T>,
  withinMs: number,
  stopping: AbortSignal,
): Promise<T | undefined> {
  const deadline = performance.now() + withinMs;
  let said: string | undefined;
  for (let attempt = 0; !stopping.aborted; attempt += 1) {
    const waitMs = backoffMs(attempt, RETRY);
    try {
      return await startOnce();
    } catch (error) {
      const why = whyLater(error);
      if (why === undefined) throw error;
      if (performance.now() + waitMs > deadline) throw new StartFailed(why);
      if (why !== said) process.stderr.write(`stet: ${why}; retrying\n`);
      said = why;
      await delay(waitMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return undefined;
}
