// Lets the project's Node load uWebSockets.js on a Linux whose glibc is older than 2.38: a newer glibc of the same
// distribution is kept beside node_modules/node/bin/node, and a patched copy of that binary uses it.
// The system's Node and libraries are never touched. The path is in the binary itself (rpath, no LD_LIBRARY_PATH), so
// child processes run with the system's glibc as ever. Any failure is one sentence: the node:http listener serves then.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchPackages } from './apt.mjs';
import { run, which } from './process.mjs';

/** The first glibc that the uWebSockets.js binaries load with. */
const NEEDED_GLIBC = '2.38';

const MARK = 'patched-for';

const PLACES = {
  x64: { folder: 'usr/lib/x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { folder: 'usr/lib/aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** @returns {Promise<string | undefined>} the host's glibc version as `2.36`; undefined on macOS and musl */
async function hostGlibc() {
  // Asked of the system: this process may itself run on a patched binary.
  const answer = await run('getconf', ['GNU_LIBC_VERSION']);
  return /^glibc ([\d.]+)/.exec(answer.out)?.[1];
}

/**
 * Compares dotted versions: is `have` at least `need`?
 * @param {string} have
 * @param {string} need
 */
export function atLeast(have, need) {
  const parts = have.split('.').map(Number);
  for (const [i, needed] of need.split('.').map(Number).entries()) {
    const part = parts[i] ?? 0;
    if (part !== needed) return part > needed;
  }
  return true;
}

/**
 * Can this Node binary load uWebSockets.js? `why` is the loader's own sentence.
 * @param {string} root
 * @param {string} node
 */
async function loadsUws(root, node) {
  const script = "import('uWebSockets.js').then(()=>process.exit(0),(e)=>{console.error(e.message);process.exit(3)})";
  return await run(node, ['-e', script], { cwd: root, timeoutMs: 30_000 });
}

/**
 * Makes the project's Node able to load uWebSockets.js, if it is not.
 * @param {{root: string, node: string, say: (line: string) => void}} project
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
export async function ensureUws({ root, node, say }) {
  const home = join(root, 'node_modules', 'node', 'glibc');
  // In a moved or copied checkout the binary points to where it was patched: it cannot start, or it leans on the other one.
  const loads = await loadsUws(root, node);
  if (loads.ok && (!existsSync(home) || patchedFor(home) === home)) return { ok: true };
  const place = PLACES[/** @type {keyof typeof PLACES} */ (process.arch)];
  if (process.platform !== 'linux' || !place)
    return { ok: false, why: `no binary for ${process.platform} ${process.arch}` };
  const glibc = await hostGlibc();
  if (!glibc) return { ok: false, why: 'this Linux has no glibc' };
  if (atLeast(glibc, NEEDED_GLIBC)) return { ok: false, why: loads.why };
  if (home.includes(':'))
    return { ok: false, why: 'the path of this folder contains a colon, which an rpath does not allow' };
  const work = mkdtempSync(join(tmpdir(), 'stet-glibc-'));
  try {
    // apt's download helpers run as a user of their own when root calls.
    chmodSync(work, 0o755);
    const cache = join(root, '.stet', 'setup', 'glibc');
    if (!existsSync(join(cache, place.folder, place.loader))) {
      say(
        `glibc ${glibc} of this system is older than ${NEEDED_GLIBC}; installing a newer one for the Node of this folder`,
      );
      const fetched = await fetchInto(cache, work);
      if (!fetched.ok) return fetched;
    }
    rmSync(home, { recursive: true, force: true });
    await cp(join(cache, place.folder), home, { recursive: true, verbatimSymlinks: true });
    const patched = await patch({ root, node, home, cache, place });
    if (patched.ok) writeFileSync(join(home, MARK), home);
    return patched;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The folder that the binary beside it was patched to use.
 * @param {string} home
 */
function patchedFor(home) {
  try {
    return readFileSync(join(home, MARK), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {string} cache
 * @param {string} work
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
async function fetchInto(cache, work) {
  const fetched = await fetchPackages({
    newer: ['libc6', 'libstdc++6', 'libgcc-s1'],
    // The host's own patchelf: 0.18 of the newer releases makes a Node binary that crashes at once.
    present: ['patchelf'],
    work,
    into: { newer: join(work, 'root'), present: join(work, 'root', 'present') },
  });
  if (!fetched.ok) return fetched;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(join(cache, '..'), { recursive: true });
  await cp(join(work, 'root'), cache, { recursive: true, verbatimSymlinks: true });
  return fetched;
}

/**
 * @param {{root: string, node: string, home: string, cache: string, place: {folder: string, loader: string}}} request
 * @returns {Promise<{ok: true} | {ok: false, why: string}>}
 */
async function patch({ root, node, home, cache, place }) {
  const loader = join(home, place.loader);
  const tools = [join(cache, 'present', 'usr', 'bin', 'patchelf'), which('patchelf')].flatMap((tool) =>
    tool !== undefined && existsSync(tool) ? [tool] : [],
  );
  const copy = `${node}.${process.pid}.new`;
  let why = 'no patchelf';
  try {
    for (const tool of tools) {
      copyFileSync(node, copy);
      // --force-rpath: a RUNPATH would not be searched for what native addons link to.
      const patched = await run(tool, ['--force-rpath', '--set-interpreter', loader, '--set-rpath', home, copy]);
      const loads = patched.ok ? await loadsUws(root, copy) : patched;
      if (loads.ok) {
        renameSync(copy, node);
        return { ok: true };
      }
      why = `${patched.ok ? 'the patched Node did not load it' : 'patchelf'}: ${loads.why}`;
    }
    return { ok: false, why };
  } finally {
    rmSync(copy, { force: true });
  }
}
