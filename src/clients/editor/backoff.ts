/** Pause before the next attempt: doubles from `minMs` to `maxMs`, with full jitter so that clients do not return as a herd. */
export function backoffMs(attempt: number, minMs: number, maxMs: number, random: () => number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 16));
  return minMs + random() * Math.max(ceiling - minMs, 0);
}
