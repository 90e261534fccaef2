/** A round of work every so often, one at a time. A round that fails is logged and the next one comes. */
import type { Logger } from './logger.ts';
import { ticking } from './timers.ts';

export interface Rounds {
  /** Runs a round now, after the one under way. Never rejects. */
  now(): Promise<void>;
  /** No further rounds; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** @param name what the log calls it */
export function every(ms: number, name: string, log: Logger, round: () => Promise<void>): Rounds {
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const run = (): Promise<void> => {
    last = last.then(async () => {
      busy = true;
      try {
        await round();
      } catch (error) {
        log.warn({ err: error }, `${name}: a round failed`);
      }
      busy = false;
    });
    return last;
  };
  const timer = ticking(ms, name, log, () => {
    // A slow round is not followed by those that it made late.
    if (!busy) void run();
  }).unref();
  return {
    now: run,
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}
