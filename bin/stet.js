#!/usr/bin/env node
// The `stet` command. Plain JavaScript that any Node from 20 on can start: when that is not the project's own Node
// (node_modules/node), it runs itself again on it, passes signals on and gives back its exit code.
// Does not know: the commands; they are in src/cli/main.ts.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = realpathSync(fileURLToPath(import.meta.url));
const node = join(dirname(dirname(here)), 'node_modules', 'node', 'bin', 'node');

/** Does this process run on the project's Node, or is there none but this one stripping types by itself? */
function runsTypeScript() {
  if (existsSync(node)) return realpathSync(process.execPath) === realpathSync(node);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function runOnProjectNode() {
  const child = spawn(node, [...process.execArgv, here, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches both processes; the child decides when it is over, this one waits for it.
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const passOn = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !onTerminal) child.kill(signal);
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, passOn);
  child.on('error', (error) => {
    console.error(
      `stet: the project's Node could not be started (${error.message}): run "node scripts/setup.mjs" once`,
    );
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
  });
}

if (runsTypeScript()) {
  await import('../src/cli/main.ts');
} else if (existsSync(node)) {
  runOnProjectNode();
} else {
  console.error('stet: the packages are not installed yet: run "node scripts/setup.mjs" in the project folder once');
  process.exitCode = 1;
}
