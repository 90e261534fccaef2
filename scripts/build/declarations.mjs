/**
 * Type declarations of entry modules and of what they refer to, no more: the SDK then depends on no package that only its
 * implementation needs.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** What a declaration refers to, as TypeScript writes it: `from '…'`, `import("…")`, `import '…'`. */
const REFERENCE = /(\bfrom\s+|\bimport\s*\(?\s*)(['"])([^'"]+)\2/g;

/**
 * Writes the declarations below `outDir`, in the folders that their sources have below `root`. Imports end in `.js`, so that
 * they resolve under `bundler` and `nodenext` alike.
 * @param {{root: string, entries: readonly string[], outDir: string, scratch: string}} options `entries` from the root;
 *   `scratch`: an empty folder
 * @returns {Promise<Set<string>>} the packages that they refer to; rejects with TypeScript's errors
 */
export async function writeDeclarations({ root, entries, outDir, scratch }) {
  const config = join(scratch, 'tsconfig.json');
  const emitted = join(scratch, 'declarations');
  const compilerOptions = {
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: [],
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: emitted,
  };
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      files: entries.map((entry) => join(root, entry)),
      include: [],
      exclude: [],
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '--pretty', 'false', '-p', config]).catch((error) => {
    throw new Error(`could not build the types of the SDK:\n${error.stdout}${error.stderr}`, { cause: error });
  });

  /** @type {Set<string>} */
  const packages = new Set();
  const pending = entries.map(declarationOf);
  const seen = new Set(pending);
  for (const name of pending) {
    const text = readFileSync(join(emitted, name), 'utf8').replace(REFERENCE, (_all, before, quote, target) => {
      if (!target.startsWith('.')) {
        packages.add(packageOf(target));
        return `${before}${quote}${target}${quote}`;
      }
      const found = declarationOf(normalize(join(dirname(name), target)));
      if (!existsSync(join(emitted, found))) throw new Error(`${name} refers to ${target}, which does not exist`);
      if (!seen.has(found)) pending.push(found);
      seen.add(found);
      return `${before}${quote}${target.replace(/\.ts$/, '.js')}${quote}`;
    });
    const file = join(outDir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return packages;
}

/** @param {string} source */
export const declarationOf = (source) => source.replace(/\.ts$/, '.d.ts');

/** @param {string} specifier */
export const packageOf = (specifier) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? specifier;
