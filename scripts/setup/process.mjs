// Child processes for the set-up: run one, collect what it said, never reject.
// Plain JavaScript without dependencies: it runs on the system's Node before anything is installed.
// Does not know: what the commands are for.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {{ok: boolean, code: number | null, out: string, why: string}} Outcome
 *   `out` is stdout; `why` is the last line of stderr that names a cause (or of stdout), for one-sentence reports.
 */

/**
 * Runs a command to its end. Never rejects: a missing program or a timeout is an outcome with `ok: false`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onLine?: (line: string) => void}} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const late = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 600_000);
    let out = '';
    let err = '';
    let rest = '';
    const feed = (/** @type {string} */ chunk) => {
      if (!options.onLine) return;
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    };
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      out += chunk;
      feed(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      err += chunk;
      feed(chunk);
    });
    child.on('error', (error) => {
      clearTimeout(late);
      resolve({ ok: false, code: null, out, why: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(late);
      if (rest && options.onLine) options.onLine(rest);
      const why = reasonLine(err) || reasonLine(out) || (signal ? `ended by ${signal}` : `exit code ${code}`);
      resolve({ ok: code === 0, code, out, why });
    });
  });
}

/**
 * The last line that reads like an error, else the last line.
 * @param {string} text
 */
function reasonLine(text) {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return (
    lines.findLast((line) => /^(e:|error|npm error|fatal)|error:|not found|cannot/i.test(line)) ?? lines.at(-1) ?? ''
  );
}

/**
 * Finds a program on PATH (and in the sbin folders, which many users' PATH lacks).
 * @param {...string} names tried in order
 * @returns {string | undefined} absolute path
 */
export function which(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      if (!folder) continue;
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // Not here: the next folder.
      }
    }
  }
  return undefined;
}
