// Which major version of PostgreSQL a data folder is of. PostgreSQL opens those of its own version alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { DatabaseRefusal } from './refusal.ts';

/** What `stet move` can read: the version that earlier Stets ran. */
export const MOVABLE_VERSION = 18;

/** The major version that made the folder; undefined when there is none. */
export function dataVersion(dataFolder: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

export const majorOf = ({ version }: Binaries): number => Number.parseInt(version, 10);

/** @throws DatabaseRefusal when the binaries do not open the folder, with what to do */
export function assertOpens(binaries: Binaries, dataDir: string, dataFolder: string): void {
  const [made, runs] = [dataVersion(dataFolder), majorOf(binaries)];
  if (made === undefined || made === runs) return;
  const what = `the database in ${dataDir} is from PostgreSQL ${made}, but this version of Stet runs PostgreSQL ${runs}`;
  throw new DatabaseRefusal(
    made === MOVABLE_VERSION
      ? `${what}; run "DATA_DIR='${dataDir}' npm run stet -- move" once to copy it, which keeps the old one`
      : `${what}; use the version of Stet that created it, or set DATA_DIR to another folder`,
  );
}
