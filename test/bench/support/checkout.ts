/**
 * Source trees that a benchmark runs: the one that this file is in, and earlier revisions of it, each with the packages
 * that its own lockfile asks for.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../support/root.ts';

export interface Checkout {
  /** As results call it. */
  readonly name: string;
  readonly root: string;
  /** The Node that runs it. */
  readonly node: string;
}

const run = promisify(execFile);

export const HERE: Checkout = { name: 'this', root: ROOT, node: process.execPath };

/** The full hash of a revision. Rejects with Git's message when there is none. */
export async function commitOf(revision: string): Promise<string> {
  const { stdout } = await run('git', [
    '-C',
    ROOT,
    'rev-parse',
    '--verify',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  return stdout.trim();
}

/** What the repository holds at a commit, unpacked. Leaves no worktree behind in the repository. */
async function unpack(commit: string, folder: string): Promise<void> {
  // By way of a file: tar closes its end of a pipe once it has read the end of the archive, before git has written the padding.
  const file = `${folder}.tar`;
  try {
    await run('git', ['-C', ROOT, 'archive', '--format=tar', '-o', file, commit]);
    await run('tar', ['-x', '-f', file, '-C', folder]);
  } finally {
    rmSync(file, { force: true });
  }
}

const lockOf = (root: string): string => readFileSync(join(root, 'package-lock.json'), 'utf8');

/**
 * Puts a revision into `folder`, ready to run; what an earlier call left there is used again.
 * @param say hears what takes long
 */
export async function checkOut(revision: string, folder: string, say: (line: string) => void): Promise<Checkout> {
  const commit = await commitOf(revision);
  const root = join(folder, commit);
  const checkout: Checkout = { name: revision, root, node: join(root, 'node_modules', 'node', 'bin', 'node') };
  if (existsSync(join(root, 'node_modules'))) return checkout;
  mkdirSync(root, { recursive: true });
  try {
    await unpack(commit, root);
    if (lockOf(root) === lockOf(ROOT)) {
      symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
      // Earlier revisions served no SDK.
      const builders = ['build.mjs', 'build-web.mjs'].map((name) => join(root, 'scripts', name));
      await run(checkout.node, [builders.find(existsSync) ?? ''], { cwd: root });
    } else {
      say(`installing the packages of ${revision}`);
      // Its own set-up: with what tests and benchmarks need, then with the pages that a node serves.
      for (const profile of ['bench', 'start']) {
        const env = { ...process.env, npm_node_execpath: process.execPath };
        await run(process.execPath, [join(root, 'scripts', 'setup.mjs'), profile], { cwd: root, env });
      }
    }
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
  return checkout;
}
