// Who imports whom: the import statements of TypeScript and JavaScript files as they are written here. Does not know: the rules
// on them (rules.ts), or which tests they decide on (../test/select.ts).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  /** A file of the project, by its path from the root with slashes; or a package, `node:` ones among them. */
  readonly to: string;
  /** Gone when the file runs. */
  readonly typesOnly: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
/** How a file names the module that a worker thread runs. */
const WORKER = /\bnew URL\(\s*['"](\.{1,2}\/[^'"]+\.ts)['"],\s*import\.meta\.url\)/g;

/** The package of a specifier such as `@mikro-orm/core/decorators`. */
const packageOf = (specifier: string): string =>
  specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? specifier);

/** @param file path of the file from the root, with slashes */
export function importsOf(file: string, text: string): Import[] {
  const resolve = (specifier: string): string =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : packageOf(specifier);
  const statements = [...text.matchAll(STATEMENT)].map(([, type, specifier = '']) => ({
    to: resolve(specifier),
    typesOnly: type !== undefined,
  }));
  const others = [...text.matchAll(DYNAMIC), ...text.matchAll(WORKER)].map(([, specifier = '']) => ({
    to: resolve(specifier),
    typesOnly: false,
  }));
  return [...statements, ...others];
}

/** Every source file below some folders of a project, by its path from the root, sorted. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|mjs|js)$/.test(name))
        .map((name) => posix.join(folder, name.replaceAll('\\', '/'))),
    )
    .toSorted();
}

/** Reads files as they are asked for, each once. */
export function createImports(root: string) {
  const known = new Map<string, Import[]>();
  function of(file: string): readonly Import[] {
    let imports = known.get(file);
    if (imports === undefined) {
      const path = join(root, file);
      imports = /\.(?:ts|mjs|js)$/.test(file) && existsSync(path) ? importsOf(file, readFileSync(path, 'utf8')) : [];
      known.set(file, imports);
    }
    return imports;
  }
  return {
    of,
    /** All that runs when a file runs: its imports and theirs, at any distance, types left out. */
    reachedBy(file: string): ReadonlySet<string> {
      const reached = new Set([file]);
      // A set that grows while it is gone through is gone through to its end.
      for (const one of reached) for (const { to, typesOnly } of of(one)) if (!typesOnly) reached.add(to);
      return reached;
    },
  };
}

export type Imports = ReturnType<typeof createImports>;
