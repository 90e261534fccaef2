/** Retries the start while the cause may pass: a port in use, a database that is not ready after a crash. */
import { setTimeout as delay } from 'node:timers/promises';
import { PortTaken } from '../gateway/listener/port-taken.ts';
import { type BackoffPolicy, backoffMs } from '../lib/backoff.ts';
import { isUnavailable } from '../storage/postgres/unavailable.ts';

const RETRY: BackoffPolicy = { firstMs: 250, longestMs: 5_000 };

/** The cause did not pass in time; the message says all. */
class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

/** @returns in a sentence why a retry may succeed; undefined when it cannot */
function whyLater(error: unknown): string | undefined {
  if (error instanceof PortTaken) return error.message;
  if (!(error instanceof Error) || !isUnavailable(error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  // A missing file stays missing; a socket's file may appear.
  if (code === 'ENOENT' && syscall !== 'connect') return undefined;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return `what it needs cannot be used yet (${first instanceof Error ? first.message : error.message})`;
}

/**
 * Each reason is one line on standard error. Undefined: it was stopped first.
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
      if (why !== said) process.stderr.write(`stet: ${why}; trying again\n`);
      said = why;
      await delay(waitMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return undefined;
}
