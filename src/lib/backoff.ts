/** Pauses between attempts: at most 20 ms, doubling to 2 s; each is drawn, so that nobody marches in step. */
import type { Random } from './clock.ts';

const FIRST_MS = 20;
const LONGEST_MS = 2_000;

/** Milliseconds before the attempt, from 0. */
export function pauseMs(attempt: number, random: Random): number {
  return Math.min(FIRST_MS * 2 ** Math.min(attempt, 20), LONGEST_MS) * random();
}
