/**
 * Names of prepared statements by their text, so that each is planned once a connection: planning a join of five tables
 * costs the database more than running it, and a publication plans six statements. The texts are few: values are bound,
 * never written into them.
 */
import { createHash } from 'node:crypto';

/** Run once in a while, with names and bounds in their text. */
const DEFINES = /^\s*(?:create|alter|drop|truncate|set|copy|analyze)\b/i;
const names = new Map<string, string | undefined>();

/** Undefined: to be planned each time. */
export function statementName(sql: string): string | undefined {
  if (names.has(sql)) return names.get(sql);
  const name = DEFINES.test(sql)
    ? undefined
    : `stet-${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
  names.set(sql, name);
  return name;
}
