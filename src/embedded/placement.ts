// Where the database's files are. Normally the data is under the data directory and the binaries where npm put them.
// When root hands the database to an account that may not pass through these folders (a checkout under /root), both go
// to /var/lib/stet, and the data directory holds a link: deleting the data directory still starts afresh.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { canReach } from './account.ts';
import type { Binaries } from './binaries.ts';

/** A place that survives a reboot and that every account can pass through. */
const SHARED_HOME = '/var/lib/stet';

/**
 * The folder that will hold (or holds) PostgreSQL's data; its parent exists and the account can reach it.
 * @param dataDir absolute
 * @param name of the folder, or the link to it, in there
 */
export function placeData(dataDir: string, account: Account, name = 'postgres'): string {
  const place = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  const present = lstatSync(place, { throwIfNoEntry: false });
  if (present?.isSymbolicLink()) {
    if (existsSync(place)) return realpathSync(place);
    // The link outlived what it showed, or initdb never came to its end: start afresh.
    rmSync(place);
  } else if (present) {
    if (!canReach(account, dataDir)) throw new Error(unreachable(place, account));
    return place;
  }
  if (canReach(account, dataDir)) return place;
  const elsewhere = join(sharedFolder(), `data-${randomBytes(8).toString('hex')}`);
  symlinkSync(elsewhere, place);
  return elsewhere;
}

function unreachable(place: string, account: Account): string {
  return `the database in ${place} belongs to user ${account.uid}, who has no access to the folders above it`;
}

/** The binaries, where the account can run them. Copied once a version when it cannot run them in place. */
export function placeBinaries(binaries: Binaries, account: Account): string {
  if (canReach(account, join(binaries.home, 'bin', 'postgres'))) return binaries.home;
  const copy = join(sharedFolder(), `postgres-${binaries.version}-${process.arch}`);
  if (existsSync(copy)) return copy;
  // Renamed into place when whole, so that a copy is never half there.
  const partial = `${copy}.${process.pid}`;
  cpSync(binaries.home, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function sharedFolder(): string {
  mkdirSync(SHARED_HOME, { recursive: true });
  chmodSync(SHARED_HOME, 0o755);
  return SHARED_HOME;
}

/** Makes an empty private folder of the account's. */
export function makePrivate(path: string, account: Account): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** Where a moved database waits to take the place of the one that it was copied from (see move.ts). */
export const MOVED = 'postgres.moved';

/** The step at which a power failure may have left a move: the earlier folder is aside, the new one not yet in place. */
export function finishMove(dataDir: string): void {
  const [place, moved] = [join(dataDir, 'postgres'), join(dataDir, MOVED)];
  if (existsSync(moved) && !lstatSync(place, { throwIfNoEntry: false })) renameSync(moved, place);
}
