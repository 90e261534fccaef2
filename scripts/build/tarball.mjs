/**
 * An npm tarball (POSIX ustar, gzip) whose bytes depend on the names and contents of its files alone: lockfiles
 * record its hash, and every node of a cluster serves the same one. It contains no times, owners or modes of this machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const BLOCK_BYTES = 512;
const MAX_NAME_BYTES = 100;
/** npm's own: zip formats know no earlier year than 1980. */
const MTIME_S = Date.UTC(1985, 9, 26, 8, 15) / 1_000;

/** @param {number} value @param {number} width */
const octal = (value, width) => `${value.toString(8).padStart(width - 1, '0')}\0`;

/**
 * @param {string} name
 * @param {number} size bytes
 */
function headerOf(name, size) {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Error(`file name too long for the tarball: ${name}`);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(MTIME_S, 12), 136);
  // The checksum counts itself as spaces.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/**
 * Packs a folder as npm expects it, all of it below `package/`.
 * @param {string} folder
 */
export function tarballOf(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const blocks = files.flatMap((file) => {
    const content = readFileSync(file);
    const name = `package/${relative(folder, file).split(sep).join('/')}`;
    return [headerOf(name, content.length), content, Buffer.alloc(-content.length & (BLOCK_BYTES - 1))];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]), { level: 9 });
}
