/** Runs a task at an interval, one run at a time. A run that fails is logged, and the next one follows. */
import type { Logger } from './logger.ts';
import { ticking } from './timers.ts';

export interface Periodic {
  /** Runs the task now, or right after the present run. Never rejects. */
  runNow(): Promise<void>;
  /** Ends the interval; resolves when the present run has ended. */
  stop(): Promise<void>;
}

/** @param name for the log */
export function periodic(ms: number, name: string, log: Logger, task: () => Promise<void>): Periodic {
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const run = (): Promise<void> => {
    last = last.then(async () => {
      busy = true;
      try {
        await task();
      } catch (error) {
        log.warn({ err: error }, `${name}: a run failed`);
      }
      busy = false;
    });
    return last;
  };
  const timer = ticking(ms, name, log, () => {
    // A slow run is not followed by the runs that were due meanwhile.
    if (!busy) void run();
  }).unref();
  return {
    runNow: run,
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}
