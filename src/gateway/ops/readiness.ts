/** Whether a node should get new work, and why not; each change is one line of the log. Knows no reasons of its own. */
import type { Logger } from '../../lib/logger.ts';

/** Undefined: ready. Else why the node should get no new work, for operators. */
export type Readiness = () => string | undefined;

export function createReadiness(reasonNow: Readiness, log: Logger): Readiness {
  let before: string | undefined;
  return () => {
    const reason = reasonNow();
    if (reason !== before) {
      if (reason === undefined) log.info({ before }, 'ready');
      else log.warn({ reason }, 'not ready');
      before = reason;
    }
    return reason;
  };
}
