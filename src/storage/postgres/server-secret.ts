/** Secrets that all nodes of a cluster share, made by the first that needs one. */
import { randomBytes } from 'node:crypto';
import type { Orm } from './orm.ts';

const BYTES = 32;

/** The secret of a name: the same for every node, and after every restart. */
export async function serverSecret(orm: Orm, name: string): Promise<Uint8Array> {
  await orm.query('insert into server_secrets (name, value) values ($1, $2) on conflict (name) do nothing', [
    name,
    randomBytes(BYTES),
  ]);
  const [row] = await orm.query<{ value: Uint8Array }>('select value from server_secrets where name = $1', [name]);
  if (!row) throw new Error(`the secret ${name} is gone`);
  return row.value;
}
