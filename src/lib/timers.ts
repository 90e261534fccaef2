/**
 * Timers that cannot end the process: a timer's callback has no caller to catch its error, so an error, thrown or rejected, is
 * logged and goes no further. For work that must not overlap see periodic.ts.
 */
import type { Logger } from './logger.ts';

export type Tick = () => unknown;

/** Calls `tick` every `ms` milliseconds until the timer is cleared. @param name for the log */
export function ticking(ms: number, name: string, log: Logger, tick: Tick): NodeJS.Timeout {
  return setInterval(guarded(name, log, tick), ms);
}

/** Calls `tick` once. @param name for the log */
export function later(ms: number, name: string, log: Logger, tick: Tick): NodeJS.Timeout {
  return setTimeout(guarded(name, log, tick), ms);
}

function guarded(name: string, log: Logger, tick: Tick): () => void {
  const failed = (err: unknown): void => log.error({ err }, `${name}: a timer's call failed`);
  return () => {
    try {
      const result = tick();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}
