#!/usr/bin/env node
// The `stet` command. Plain JavaScript that any Node from 20 on can start: commands run on the project's own Node
// (node_modules/node), in a process of their own when this one is another; `start` does so always, and is started again
// when it ends by itself (supervisor.js).
// Does not know: the commands; they are in src/cli/main.ts.
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { supervise } from './supervisor.js';

const here = realpathSync(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const main = join(root, 'src', 'cli', 'main.ts');

/** Does this process run on the project's Node, or is there none but this one stripping types by itself? */
function runsTypeScript() {
  if (existsSync(node)) return realpathSync(process.execPath) === realpathSync(node);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

const args = process.argv.slice(2);
const runsHere = runsTypeScript();
const restart = args[0] === 'start' && args.length === 1 && process.env.RESTART !== 'never';

if (runsHere && !restart) {
  await import('../src/cli/main.ts');
} else if (runsHere || existsSync(node)) {
  const program = runsHere ? process.execPath : node;
  process.exitCode = await supervise(program, [...process.execArgv, main, ...args], { restart });
} else {
  console.error('stet: packages are not installed; run "node scripts/setup.mjs" in the project folder');
  process.exitCode = 1;
}
