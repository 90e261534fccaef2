// What the set-up did last time, so that it is over in milliseconds when nothing changed; and one set-up at a time.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Raise this when a step changes: every checkout then goes through the steps again. */
const STEPS_VERSION = 1;

/** A failed uWebSockets.js step (no network, say) is tried again after this long. */
const RETRY_AFTER_MS = 3_600_000;

/** @typedef {{key: string, uws: string, at: number}} Stamp `uws` is empty when it loads, else the reason */

/**
 * Everything that the steps' result depends on: a moved checkout, another lockfile, a Node binary that somebody replaced.
 * @param {{root: string, node: string, profile: string}} project
 */
export function stampKey({ root, node, profile }) {
  const hash = createHash('sha256');
  const add = (/** @type {string | number | Buffer} */ part) => hash.update(`${part}\0`);
  for (const part of [STEPS_VERSION, root, profile, process.platform, process.arch]) add(part);
  // Without uWebSockets.js nothing was done for it.
  if (process.env.LISTENER === 'node') add('LISTENER=node');
  add(readFileSync(join(root, 'package-lock.json')));
  for (const file of [node, join(root, 'node_modules', '.package-lock.json')]) {
    const stat = statSync(file, { throwIfNoEntry: false });
    add(stat ? `${stat.size} ${stat.mtimeMs}` : 'missing');
  }
  return hash.digest('hex');
}

const stampFile = (/** @type {string} */ root, /** @type {string} */ profile) =>
  join(root, '.stet', 'setup', `${profile}.json`);

/**
 * @param {{root: string, node: string, profile: string}} project
 * @returns {Stamp | undefined} the last run's record if it still holds
 */
export function readStamp(project) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile(project.root, project.profile), 'utf8'));
    if (stamp.key !== stampKey(project)) return undefined;
    return stamp.uws && Date.now() - stamp.at > RETRY_AFTER_MS ? undefined : stamp;
  } catch {
    return undefined;
  }
}

/** @param {{root: string, node: string, profile: string}} project @param {string} uws */
export function writeStamp(project, uws) {
  const stamp = { key: stampKey(project), uws, at: Date.now() };
  writeFileSync(stampFile(project.root, project.profile), `${JSON.stringify(stamp)}\n`);
}

/**
 * Runs the work while no other set-up of this checkout runs. A lock whose holder is dead is taken over.
 * @template T
 * @param {string} root
 * @param {(line: string) => void} say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function exclusively(root, say, work) {
  const folder = join(root, '.stet', 'setup');
  const lock = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  let announced = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (!isAlive(readHolder(lock))) {
        rmSync(lock, { force: true });
        continue;
      }
      if (!announced) say('waiting for another setup of this folder');
      announced = true;
      await delay(250);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  // An empty file is a holder between creating and writing; it is not alive for longer than that.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
