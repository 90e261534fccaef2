/**
 * WebSocket close codes. y-websocket treats 4400 to 4499 as final and reconnects after any other: so an error that a retry
 * cannot fix is 4000 + its HTTP status, and a retryable one is outside of that range.
 */
import { ERRORS, type ErrorBody } from '../../../schemas/errors.ts';

/** "Service restart": the client reconnects at once, to another node. */
const RESTART = 1012;
const FINAL = 4_000;
/** 4529 for 429, say. */
const PASSING = 4_100;

export function closeCodeOf({ code }: Pick<ErrorBody, 'code'>): number {
  if (code === 'draining') return RESTART;
  const { status, retryable } = ERRORS[code];
  return (retryable && status < 500 ? PASSING : FINAL) + status;
}
