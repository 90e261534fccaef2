#!/usr/bin/env node
// Set-up, behind every npm script: `node scripts/setup.mjs PROFILE`. Runs on the system's Node 20 or newer, before
// anything is installed; plain JavaScript, no dependency. Idempotent; over in milliseconds when nothing changed.
//   install.mjs  node_modules as the lockfile says, completed where install scripts did not run
//   glibc.mjs    uWebSockets.js on an older Linux (apt.mjs fetches what it needs)
//   tools.mjs    what only tests and benchmarks need: redis-server, chromium, nginx, haproxy, curl, wrk
//   stamp.mjs    what was done last time; one set-up at a time
// Asks no question, needs no root but for missing tools. Only a failed installation is fatal.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureUws } from './setup/glibc.mjs';
import { completeInstall, ensureInstalled } from './setup/install.mjs';
import { run } from './setup/process.mjs';
import { exclusively, readStamp, writeStamp } from './setup/stamp.mjs';
import { ensureTools, missingTools } from './setup/tools.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const say = (/** @type {string} */ line) => console.log(`setup: ${line}`);

/**
 * What a kind of npm script needs: packages for development besides, programs of tools.json, the built pages and SDK
 * (`must`: it is useless without; `try`: what needs them says so itself).
 */
const PROFILES = {
  start: { dev: false, tools: [], pages: 'must' },
  cluster: { dev: false, tools: ['redis', 'nginx'], pages: 'must' },
  build: { dev: false, tools: [], pages: 'no' },
  code: { dev: true, tools: [], pages: 'no' },
  bench: { dev: true, tools: ['redis', 'wrk'], pages: 'must' },
  test: { dev: true, tools: ['redis', 'chromium', 'nginx', 'haproxy', 'curl'], pages: 'try' },
};

/** @returns {string | undefined} why this machine cannot run the project at all */
function unsupported() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) return `Node ${process.versions.node} is too old; install Node 20 or newer`;
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    return `${process.platform} is not supported; use Linux, macOS, or WSL on Windows`;
  }
  return undefined;
}

/**
 * Goes through the steps. Returns why it cannot go on, if so.
 * @param {{root: string, node: string, profile: string}} project
 * @param {boolean} dev
 */
async function steps(project, dev) {
  const installed = await ensureInstalled({ root, dev, say });
  if (!installed.ok) return installed.why;
  const completed = await completeInstall({ root, node, say });
  if (!completed.ok) return completed.why;
  // Who asks for node:http may not want its native code to be loaded at all.
  const uws = process.env.LISTENER === 'node' ? { ok: true, why: '' } : await ensureUws({ root, node, say });
  writeStamp(project, uws.ok ? '' : uws.why);
  return undefined;
}

/** Builds the pages and the SDK; the builder itself knows whether anything changed. Returns what went wrong, if anything. */
async function build() {
  const builder = join(root, 'scripts', 'build.mjs');
  if (!existsSync(builder)) return undefined;
  /** @type {string[]} */
  const lines = [];
  const built = await run(node, [builder], { cwd: root, onLine: (line) => void (line && lines.push(line)) });
  if (built.ok) return undefined;
  const errors = lines.filter((line) => /\[ERROR\]|error TS/.test(line));
  return `could not build the pages and the SDK: ${errors.join('\n  ') || built.why}`;
}

async function main() {
  const profile = process.argv[2] ?? 'start';
  const needs = PROFILES[/** @type {keyof typeof PROFILES} */ (profile)];
  if (!needs) return `usage: node scripts/setup.mjs ${Object.keys(PROFILES).join('|')}`;
  const refusal = unsupported();
  if (refusal) return refusal;
  const project = { root, node, profile };
  if (!readStamp(project)) {
    const failure = await exclusively(root, say, () => steps(project, needs.dev));
    if (failure) return failure;
  }
  const { uws } = readStamp(project) ?? { uws: '' };
  if (uws) say(`could not load uWebSockets.js, so node:http is used instead: ${uws}`);
  if (missingTools(needs.tools).length > 0) await exclusively(root, say, () => ensureTools(needs.tools, say));
  const problem = needs.pages === 'no' ? undefined : await build();
  if (problem && needs.pages === 'try') say(problem);
  return needs.pages === 'must' ? problem : undefined;
}

const failure = await main();
if (failure) {
  console.error(`setup: ${failure}`);
  process.exitCode = 1;
}
