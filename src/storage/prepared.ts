/**
 * Names of prepared statements by their text, so that each is planned once a connection: planning a join of five tables
 * costs the database more than running it. The texts are few: values are bound, never written into them.
 */
import { createHash } from 'node:crypto';

const names = new Map<string, string>();

export function statementName(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) {
    name = `stet-${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
    names.set(sql, name);
  }
  return name;
}
