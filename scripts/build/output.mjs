/** What builders do with their output: compressed twins, and the swap of a folder for its successor. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(js|css|svg|json)$/;

/**
 * Puts a brotli and a gzip twin beside each file that shrinks.
 * @param {string} folder
 */
export function compress(folder) {
  for (const name of readdirSync(folder).filter((file) => COMPRESSIBLE.test(file))) {
    const content = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

/**
 * Calls `build` with an empty folder and puts that in the place of `outDir` in one rename: a server that starts meanwhile reads
 * either the old build or the new one. Rejects as `build` does; then the old one stays.
 * @param {string} outDir
 * @param {(staging: string) => Promise<void>} build
 */
export async function replaceFolder(outDir, build) {
  const staging = `${outDir}.${process.pid}.new`;
  const previous = `${outDir}.${process.pid}.old`;
  mkdirSync(staging, { recursive: true });
  try {
    await build(staging);
    mkdirSync(dirname(outDir), { recursive: true });
    try {
      renameSync(outDir, previous);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    }
    renameSync(staging, outDir);
    rmSync(previous, { recursive: true, force: true });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
