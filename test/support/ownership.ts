/** Files for PostgreSQL, which refuses to run as root and to use what others own. */
import { chmodSync, chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../src/embedded/account.ts';

/** Makes the folder and all in it the account's, and nobody else's. */
export function giveTo(account: Account, path: string): void {
  const isFolder = statSync(path).isDirectory();
  chmodSync(path, isFolder ? 0o700 : 0o600);
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  if (isFolder) for (const name of readdirSync(path)) giveTo(account, join(path, name));
}
