/** Whether a build is still the one of its inputs: a key over all of them, kept in the output's `manifest.json`. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Every file below a folder, sorted, so that the key does not depend on the file system's order.
 * @param {string} folder
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * The key of a build: a hash of everything that its output depends on.
 * @param {string} root
 * @param {readonly string[]} inputs files and folders, from the root
 */
export function keyOf(root, inputs) {
  const hash = createHash('sha256');
  const paths = inputs.map((input) => join(root, input));
  for (const file of paths.flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} outDir
 * @returns {string | undefined}
 */
export function keyOfLastBuild(outDir) {
  try {
    return JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')).key;
  } catch {
    return undefined;
  }
}
