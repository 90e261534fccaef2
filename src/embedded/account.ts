// Which user runs the database. PostgreSQL refuses to run as root, so root hands it to an unprivileged account; anybody
// else runs it as himself. Does not know: where the data is.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** `undefined` fields mean: as this process. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Accounts that root's database may run as, best first; the last one exists everywhere. */
const CANDIDATES = ['postgres', 'stet-postgres', 'nobody'] as const;

function lookUp(name: string): Required<Account> | undefined {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/**
 * The account for a database whose data is (or will be) in `dataDir`. An existing folder keeps the owner that it has.
 * @throws Error when root finds no account to hand it to
 */
export function serverAccount(dataDir: string): Account {
  if (process.getuid?.() !== 0) return {};
  const existing = statSync(dataDir, { throwIfNoEntry: false });
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const [preferred, own, last] = CANDIDATES;
  const found = lookUp(preferred) ?? lookUp(own) ?? createSystemAccount(own) ?? lookUp(last);
  if (!found) throw new Error('PostgreSQL cannot run as root, and this system has no user "postgres" or "nobody"');
  return found;
}

function createSystemAccount(name: string): Required<Account> | undefined {
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]);
  return made.status === 0 ? lookUp(name) : undefined;
}

/** Can the account pass through (a folder) or run (a program) this path? Asked of the kernel, not computed. */
export function canReach(account: Account, path: string): boolean {
  if (account.uid === undefined) return true;
  const tested = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...account, cwd: '/' });
  return tested.status === 0;
}
