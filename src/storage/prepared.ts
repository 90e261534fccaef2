/**
 * Names of prepared statements by their text, so that each read is planned once a connection: planning a join of five
 * tables costs the database more than running it. The texts are few: values are bound, never written into them.
 *
 * Statements that write are not prepared: PostgreSQL 18.4 ends with a segmentation fault, and all sessions with it, when
 * the kept plan of the statement that covers edits runs beside the group commit (docs/decisions, 2026-11).
 */
import { createHash } from 'node:crypto';

const WRITES = /\b(?:insert|update|delete|merge|create|alter)\b/i;
const names = new Map<string, string | undefined>();

/** Undefined: to be planned each time. */
export function statementName(sql: string): string | undefined {
  if (names.has(sql)) return names.get(sql);
  const name = WRITES.test(sql)
    ? undefined
    : `stet-${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
  names.set(sql, name);
  return name;
}
