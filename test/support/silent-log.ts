// A logger that says nothing, for tests whose subject logs by the way.
import type { Logger } from '../../src/lib/logger.ts';

const nothing = (): void => undefined;

export const silentLog: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
