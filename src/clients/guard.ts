/**
 * Callbacks of timers and sockets have no caller that could catch: an error there ends a Node process. Errors of listeners, of observers
 * of the text and of this SDK go to the host instead, which shows or logs them as it does others.
 */
interface Host {
  /** Browsers and Deno: as if it had not been caught, but nothing ends. */
  reportError?(error: unknown): void;
  process?: { emitWarning?(warning: Error): void };
}

export function report(error: unknown): void {
  const host = globalThis as Host;
  if (host.reportError) host.reportError(error);
  else host.process?.emitWarning?.(error instanceof Error ? error : new Error(String(error), { cause: error }));
}

/** Runs it; what it throws is reported. @returns whether it ended well */
export function guarded(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}
