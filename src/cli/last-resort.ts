/**
 * Handles an uncaught error: it is logged, and the process ends - in order, so that what was acknowledged stays and clients
 * move, but with an exit code that says that it failed. The supervisor of the process starts it again.
 *
 * Nothing may be trusted for long after such an error: whatever the way out does not manage within its time is left undone.
 */
import type { Logger } from '../lib/logger.ts';

export interface LastResort {
  /** Resolves at the first such error. */
  readonly failed: Promise<void>;
}

/** Errors after the first that are logged: one that comes again and again must not fill the disk. */
const MAX_LOGGED = 100;

/** @param deadlineMs milliseconds from the first error on, after which the process ends whatever it is doing */
export function watchUncaught(log: Logger, deadlineMs: number): LastResort {
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  process.on('uncaughtException', (err, origin) => {
    seen += 1;
    if (seen <= MAX_LOGGED) log.error({ err, origin }, 'an error was not caught; the node ends');
    if (seen > 1) return;
    setTimeout(() => process.exit(1), deadlineMs).unref();
    resolve();
  });
  return { failed };
}
