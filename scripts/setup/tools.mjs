// The programs that only the tests need (tools.json): what the environment offers, else apt-get as root on Debian and
// Ubuntu, else a sentence that says what to install. Nothing here is fatal: a test without its program says so.
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, which } from './process.mjs';

/** @typedef {{programs: string[], packages: string[], needed: boolean, use: string}} Tool `packages`: one of them is enough, the first is the best */

/** @type {Record<string, Tool>} */
const TOOLS = JSON.parse(readFileSync(new URL('./tools.json', import.meta.url), 'utf8'));

/**
 * @param {string} name of tools.json
 * @returns {Tool}
 */
function toolOf(name) {
  const tool = TOOLS[name];
  if (!tool) throw new Error(`tools.json knows no ${name}`);
  return tool;
}

/** A browser that Playwright installed counts as offered by the environment. */
function playwrightChromium() {
  const home = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  try {
    const builds = readdirSync(home).filter((name) => /^chromium-\d+$/.test(name));
    const path = builds.flatMap((build) =>
      ['chrome-linux', 'chrome-linux64'].map((folder) => join(home, build, folder)),
    );
    return which(...path.map((folder) => join(folder, 'chrome')));
  } catch {
    return undefined;
  }
}

/**
 * @param {readonly string[]} names of tools.json
 * @returns {string[]} those that are not there
 */
export function missingTools(names) {
  return names.filter((name) => {
    if (which(...toolOf(name).programs)) return false;
    return name !== 'chromium' || !(process.env.STET_CHROMIUM ?? playwrightChromium());
  });
}

/**
 * Installs what is missing where that is possible without a question.
 * @param {readonly string[]} names of tools.json
 * @param {(line: string) => void} say
 * @returns {Promise<void>}
 */
export async function ensureTools(names, say) {
  const missing = missingTools(names);
  if (missing.length === 0) return;
  const apt = which('apt-get');
  if (apt && process.getuid?.() === 0) await install(apt, missing, say);
  for (const name of missingTools(names)) {
    const { packages, use, needed } = toolOf(name);
    const effect = needed ? 'tests that need it will fail' : 'tests that need it are skipped';
    say(
      `${name} is not installed (needed for ${use}); install it, for example with "sudo apt-get install ${packages[0]}". Until then, ${effect}`,
    );
  }
}

/**
 * @param {string} apt
 * @param {readonly string[]} missing
 * @param {(line: string) => void} say
 */
async function install(apt, missing, say) {
  // RUNLEVEL keeps the packages from starting services of their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const common = ['-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
  say(`installing programs for the tests: ${missing.map((name) => toolOf(name).packages[0]).join(', ')}`);
  await run(apt, [...common, 'update'], { env });
  for (const name of missing) await installFirst(toolOf(name).packages);

  /** @param {readonly string[]} packages as a tool names them */
  async function installFirst(packages) {
    const reasons = [];
    for (const name of packages) {
      const args = [...common, 'install', '-y', '--no-install-recommends', name];
      const done = await run(apt, args, { env, timeoutMs: 900_000 });
      if (done.ok) return;
      reasons.push(`apt-get could not install ${name}: ${done.why}`);
    }
    for (const reason of reasons) say(reason);
  }
}
