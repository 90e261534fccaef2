/**
 * What a reader of a live document has to know of the connection: that it is there, that it is gone, and, once it has been gone for
 * a minute, when the page was last up to date. Knows neither connections nor words.
 */

/** `outdated`: it has been gone for so long that what is shown may be old. */
export type ConnectionStatus = 'connected' | 'reconnecting' | 'outdated';

/** Real time, unless a test turns it. */
export interface Timers {
  /** Milliseconds since 1970. */
  now(): number;
  after(run: () => void, ms: number): unknown;
  cancel(timer: unknown): void;
}

export interface StatusDisplay {
  /** What is shown is up to date. */
  connected(): void;
  /** @param currentAt when it was last up to date, milliseconds since 1970; left out: now */
  lost(currentAt?: number): void;
  /** Timers stand still while a device sleeps: shows what is right by now. */
  refresh(): void;
  close(): void;
}

const OUTDATED_AFTER_MS = 60_000;

/** @param show is called with each change; `currentAt` is when what is shown was last up to date */
export function createStatusDisplay(
  show: (status: ConnectionStatus, currentAt: number) => void,
  { now, after, cancel }: Timers = { now: Date.now, after: setTimeout, cancel: clearTimeout },
): StatusDisplay {
  let lostAt: number | undefined;
  let timer: unknown;

  function draw(): void {
    cancel(timer);
    if (lostAt === undefined) {
      show('connected', now());
      return;
    }
    const leftMs = lostAt + OUTDATED_AFTER_MS - now();
    show(leftMs > 0 ? 'reconnecting' : 'outdated', lostAt);
    if (leftMs > 0) timer = after(draw, leftMs);
  }

  return {
    connected() {
      lostAt = undefined;
      draw();
    },
    lost(currentAt = now()) {
      // The first loss counts: what was tried since brought nothing.
      lostAt ??= currentAt;
      draw();
    },
    refresh() {
      if (lostAt !== undefined) draw();
    },
    close: () => cancel(timer),
  };
}
