// Ends a helper process when this one ends, in whatever way: also by SIGKILL, when no code of ours runs any more.
// A shell waits for the end of its input, which comes with our death, and sends the signal.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Account } from './account.ts';

/**
 * @param pid the process to end with us
 * @param signal name without `SIG`
 * @returns a way to call the watcher off once that process is gone
 */
export function endWithUs(pid: number, signal: 'INT' | 'TERM' | 'KILL', account: Account = {}): () => void {
  const watcher: ChildProcess = spawn('/bin/sh', ['-c', `read -r _; kill -${signal} "$1"`, 'sh', String(pid)], {
    ...account,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of reach of a terminal's Ctrl-C, which is for us to handle.
    detached: true,
  });
  // Without a shell there is only the next start's clean-up.
  watcher.on('error', () => undefined);
  watcher.stdin?.on('error', () => undefined);
  watcher.unref();
  // The pipe is a socket, whose `unref` the type of a writable stream does not show.
  const pipe: unknown = watcher.stdin;
  if (pipe && typeof pipe === 'object' && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return () => {
    watcher.kill('SIGKILL');
  };
}
