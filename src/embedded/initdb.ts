// The first start: makes PostgreSQL's data folder, with a password of its own.
// Invariant: the folder appears whole or not at all, also when the power goes in between.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { makePrivate } from './placement.ts';
import { endWithUs } from './watcher.ts';

/** The role and the database that Stet uses. */
export const DATABASE_USER = 'stet';

/** The password is part of the data folder: the two are kept, moved and lost together. */
const PASSWORD_FILE = 'stet.password';

/** The password of an existing data folder's database. */
export function databasePassword(dataFolder: string): string {
  return readFileSync(join(dataFolder, PASSWORD_FILE), 'utf8').trim();
}

/**
 * Runs initdb into `dataFolder`, which does not exist yet.
 * @throws Error with what initdb said
 */
export async function createCluster(options: {
  readonly binaries: string;
  readonly dataFolder: string;
  readonly account: Account;
}): Promise<void> {
  const { binaries, dataFolder, account } = options;
  const fresh = `${dataFolder}.new`;
  const passwordFile = `${dataFolder}.pw`;
  const password = `${randomBytes(24).toString('hex')}\n`;
  makePrivate(fresh, account);
  try {
    writeSecret(passwordFile, password, account);
    // The built-in C.UTF-8 sorts the same on every host and never changes with its libraries.
    const flags = [
      `--pgdata=${fresh}`,
      `--username=${DATABASE_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ];
    await runInitdb(join(binaries, 'bin', 'initdb'), flags, account);
    writeSecret(join(fresh, PASSWORD_FILE), password, account);
    renameSync(fresh, dataFolder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

function writeSecret(file: string, secret: string, account: Account): void {
  rmSync(file, { force: true });
  writeFileSync(file, secret, { mode: 0o600, flag: 'wx', flush: true });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(file, account.uid, account.gid);
}

function runInitdb(program: string, flags: readonly string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' };
    // A process group of its own: a Ctrl-C now must not leave a half-made folder behind for us to clean up blindly.
    const child = spawn(program, flags, {
      ...account,
      env,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    // Killed with us: it would go on writing into the folder that the next attempt makes.
    if (child.pid !== undefined) child.once('exit', endWithUs(child.pid, 'KILL', account));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed (exit code ${code}): ${said.trim()}`));
    });
  });
}
