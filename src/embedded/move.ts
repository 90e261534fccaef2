// `stet move`: takes the data of a PostgreSQL that this Stet does not run over to the one that it runs. Both servers run
// for as long as the copy takes; the earlier folder is only read, and kept.
// Does not know: tables; `copy` copies one database to another.
// Invariant: at every moment `postgres`, or else `postgres.moved`, is a whole database with everything in it.
import { closeSync, existsSync, fsyncSync, lstatSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Logger } from '../lib/logger.ts';
import { type Account, serverAccount } from './account.ts';
import type { Binaries } from './binaries.ts';
import { dataVersion, MOVABLE_VERSION, majorOf } from './data-version.ts';
import { earlierBinaries } from './earlier-binaries.ts';
import { createCluster, DATABASE_USER, databasePassword } from './initdb.ts';
import { claimDataDir } from './lock-files.ts';
import { finishMove, MOVED, makePrivate, placeBinaries, placeData } from './placement.ts';
import { ensureDatabase, ownBinaries } from './postgres.ts';
import { DatabaseRefusal } from './refusal.ts';
import { endLeftover, freePort, startServer } from './server.ts';

const MOVING = 'postgres.moving';
const KEPT = `postgres.${MOVABLE_VERSION}`;
const SCRATCH = 'stet.copy';

export interface MoveOptions<Result> {
  readonly dataDir: string;
  readonly log: Logger;
  /** Copies everything from one server to the other, or throws; `folder` is one that both may write. */
  copy(fromUrl: string, toUrl: string, folder: string): Promise<Result>;
}

export interface Moved<Result> {
  readonly result: Result;
  /** Where the earlier data is kept. */
  readonly kept: string;
}

/**
 * Undefined: there is nothing to move.
 * @throws DatabaseRefusal in one sentence; whatever else went wrong, the earlier data is in its place
 */
export async function moveEmbedded<Result>(options: MoveOptions<Result>): Promise<Moved<Result> | undefined> {
  const dataDir = resolve(options.dataDir);
  if (!existsSync(dataDir)) return undefined;
  const release = await claimDataDir(dataDir);
  try {
    finishMove(dataDir);
    const place = join(dataDir, 'postgres');
    const [own, made] = [ownBinaries(), dataVersion(place)];
    if (made === undefined || made === majorOf(own)) return undefined;
    if (made !== MOVABLE_VERSION) {
      throw new DatabaseRefusal(`the database in ${dataDir} is from PostgreSQL ${made}; only 18 can be moved`);
    }
    const kept = join(dataDir, KEPT);
    if (lstatSync(kept, { throwIfNoEntry: false })) {
      throw new DatabaseRefusal(`${kept} exists from an earlier move; move it elsewhere first`);
    }
    const account = serverAccount(place);
    // A server that an earlier move was killed beside would write into it while it is removed.
    if (existsSync(join(dataDir, MOVING))) await endLeftover(realpathSync(join(dataDir, MOVING)));
    for (const name of [MOVING, MOVED]) removeData(join(dataDir, name));
    const target = placeData(dataDir, account, MOVING);
    try {
      const earlier = await earlierBinaries();
      const result = await copyOver(options, { own, earlier, account, dataDir, target });
      swap(dataDir, kept);
      return { result, kept };
    } finally {
      removeData(join(dataDir, MOVING));
    }
  } finally {
    release();
  }
}

interface Sides {
  readonly own: Binaries;
  readonly earlier: Binaries;
  readonly account: Account;
  readonly dataDir: string;
  readonly target: string;
}

async function copyOver<Result>({ copy }: MoveOptions<Result>, sides: Sides): Promise<Result> {
  const { own, earlier, account, dataDir, target } = sides;
  const binaries = placeBinaries(own, account);
  await createCluster({ binaries, dataFolder: target, account });
  await using servers = new AsyncDisposableStack();
  const start = async (home: string, folder: string, log: string): Promise<string> => {
    const dataFolder = realpathSync(folder);
    const port = await freePort();
    const logFile = join(dataDir, log);
    const server = await startServer({ binaries: home, dataFolder, logFile, port, account });
    servers.defer(() => server.stop('fast'));
    return `postgres://${DATABASE_USER}:${databasePassword(dataFolder)}@127.0.0.1:${port}/${DATABASE_USER}`;
  };
  const from = await start(
    placeBinaries(earlier, account),
    join(dataDir, 'postgres'),
    `postgres-${MOVABLE_VERSION}.log`,
  );
  await refuseStrangers(from);
  const to = await start(binaries, target, 'postgres.log');
  await ensureDatabase(to);
  const folder = join(realpathSync(target), SCRATCH);
  makePrivate(folder, account);
  const result = await copy(from, to, folder);
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** What is not Stet's would be left behind: the operator is to know before. */
async function refuseStrangers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where not datistemplate and datname <> all ($1)`,
      [['postgres', DATABASE_USER]],
    );
    if (rows.length === 0) return;
    const names = rows.map(({ name }) => name).join(', ');
    throw new DatabaseRefusal(`the server also has databases that are not Stet's (${names}); move or drop them first`);
  } finally {
    await client.end();
  }
}

/** Both servers have ended, with all of it on the disk. */
function swap(dataDir: string, kept: string): void {
  renameSync(join(dataDir, MOVING), join(dataDir, MOVED));
  flush(dataDir);
  renameSync(join(dataDir, 'postgres'), kept);
  flush(dataDir);
  finishMove(dataDir);
  flush(dataDir);
}

function flush(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes a folder, or a link and the folder that it shows. */
function removeData(place: string): void {
  const present = lstatSync(place, { throwIfNoEntry: false });
  if (present?.isSymbolicLink() && existsSync(place)) rmSync(realpathSync(place), { recursive: true, force: true });
  rmSync(place, { recursive: true, force: true });
}
