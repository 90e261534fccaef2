/** Time and chance as ports, so that a test sets them. */
export interface Clock {
  /** Wall-clock milliseconds since the Unix epoch. */
  now(): number;
}

/** A number in [0, 1). */
export type Random = () => number;
