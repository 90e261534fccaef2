/**
 * Handles an uncaught error: logs it, and shuts the node down in order, so that clients move to other nodes. The exit code
 * reports the failure, and the supervisor starts the process again.
 *
 * The state of the process cannot be trusted after such an error: a shutdown that takes too long is cut off.
 */
import type { Logger } from '../lib/logger.ts';

export interface LastResort {
  /** Resolves at the first such error. */
  readonly failed: Promise<void>;
}

/** Number of errors that are logged: one that repeats must not fill the disk. */
const MAX_LOGGED = 100;

/** @param deadlineMs milliseconds after the first error until the process exits in any case */
export function watchUncaught(log: Logger, deadlineMs: number): LastResort {
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  process.on('uncaughtException', (err, origin) => {
    seen += 1;
    if (seen <= MAX_LOGGED) log.error({ err, origin }, 'uncaught error: the node shuts down');
    if (seen > 1) return;
    setTimeout(() => process.exit(1), deadlineMs).unref();
    resolve();
  });
  return { failed };
}
