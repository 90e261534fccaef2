// Runs AVA and passes on what it prints, line by line. AVA ends what hangs after a while without a result, but not when that while
// passes within a longer one that a test asked for: nothing measures it again then, and the run would hang for ever. So does this
// module, over everything: files that print nothing for longer than any test may take are killed, and count as failed.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundlePackages } from './packages.ts';

/** Longer than any test's own timeout, in milliseconds. */
export const SILENCE_MS = 720_000;

export interface AvaRun {
  /** The folder of the project. */
  readonly root: string;
  readonly args: readonly string[];
  /** Beside this process's environment: addresses of services, say. */
  readonly env: Readonly<Record<string, string>>;
  readonly silenceMs?: number;
  onLine(line: string): void;
}

/** The environment of every program that tests are run with. */
export const testEnvironment = (root: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
  FORCE_COLOR: '0',
  // Each test file is a process, and some start nodes: they share what Node made of the source, half of the time of a start.
  NODE_COMPILE_CACHE: join(root, '.stet', 'compile-cache'),
});

/** The processes that a process started, with what each says it runs (test/support/preload.mjs). */
function childrenOf(pid: number): { pid: number; title: string }[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return [...list.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)]
    .filter(([, , parent]) => Number(parent) === pid)
    .map(([, child, , title = '']) => ({ pid: Number(child), title: title.trim() }));
}

/** @returns AVA's exit code; null when it did not start or a signal ended it */
export async function runAva({ root, args, env, silenceMs = SILENCE_MS, onLine }: AvaRun): Promise<number | null> {
  const ava = spawn(join(root, 'node_modules', '.bin', 'ava'), [...args], {
    cwd: root,
    // `CI`: AVA prints lines, as off a terminal. Not as TAP: its reporter ends at an error that has an undefined property.
    env: { ...testEnvironment(root), ...env, ...(await bundlePackages(root)), CI: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => {
    ava.on('error', () => resolve(null));
    ava.on('close', resolve);
  });
  const silence = setTimeout(() => {
    if (ava.pid === undefined || ava.exitCode !== null) return;
    const hanging = childrenOf(ava.pid);
    const names = hanging.map(({ title }) => title).join('; ');
    onLine(`  ✘ [fail]: hangs › nothing printed for ${silenceMs / 1_000} s: ${names === '' ? 'AVA itself' : names}`);
    for (const { pid } of hanging) process.kill(pid, 'SIGKILL');
    if (hanging.length === 0) ava.kill('SIGKILL');
    silence.refresh();
  }, silenceMs);
  for await (const line of createInterface({ input: ava.stdout })) {
    silence.refresh();
    onLine(line);
  }
  const code = await ended;
  clearTimeout(silence);
  return code;
}
