/** Finds the embedded PostgreSQL that a running Stet keeps, so that commands beside it use the same one. */
import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DATABASE_USER, databasePassword } from './initdb.ts';
import { readPostmaster } from './lock-files.ts';
import { isPostgresOn } from './processes.ts';

/** Connection string of the server that runs on this data directory; undefined when none does. Holds the password. */
export function findRunningPostgres(dataDir: string): string | undefined {
  const place = join(resolve(dataDir), 'postgres');
  if (!existsSync(place)) return undefined;
  const dataFolder = realpathSync(place);
  const postmaster = readPostmaster(dataFolder);
  if (postmaster?.status !== 'ready' || !isPostgresOn(postmaster.pid, dataFolder)) return undefined;
  return `postgres://${DATABASE_USER}:${databasePassword(dataFolder)}@127.0.0.1:${postmaster.port}/${DATABASE_USER}`;
}
