/**
 * Distinguishes "the database cannot do this now", which becomes a retryable answer, from a bug. By codes alone, through
 * every layer that wrapped the error.
 */
import { ConnectionClosed } from './orm.ts';

/** SQLSTATE classes: 08 connection, 53 resources, 57 operator intervention (shutdown, cancelled, starting up). */
const RETRYABLE_CLASSES = new Set(['08', '53', '57']);
/**
 * Serialization failure, deadlock, lock not available, session ended while idle in a transaction, read-only (a standby),
 * prepared statements that a pooler's session lacks or has.
 */
const RETRYABLE_STATES = new Set(['40001', '40P01', '55P03', '25P03', '25006', '26000', '42P05']);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** node-postgres gives these no code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Cannot use a pool after calling end)/;
const MAX_DEPTH = 5;

/** True when the error means that the database is away or overloaded, or that the statement may be retried. */
export function isUnavailable(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && current instanceof Error; depth += 1) {
    if (saysUnavailable(current)) return true;
    current = current.cause;
  }
  return false;
}

function saysUnavailable(error: Error): boolean {
  if (error instanceof ConnectionClosed) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    if (NETWORK.has(code) || RETRYABLE_STATES.has(code)) return true;
    if (code.length === 5 && RETRYABLE_CLASSES.has(code.slice(0, 2))) return true;
  }
  if (error instanceof AggregateError) return error.errors.some((inner) => isUnavailable(inner));
  return MESSAGES.test(error.message);
}
