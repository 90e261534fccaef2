// Packages of many small files, as few files each, for the processes of the tests: of the 2,000 modules that a node loads, 900 are
// theirs, and loading them is a third of what its start costs. Bundled once for their versions, below .stet. The processes that
// tests start load the bundles too, as they inherit NODE_OPTIONS.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, version } from 'esbuild';

const PACKAGES = ['typebox', 'kysely'];
/** The environment variable that names the map of modules to bundles, for test/support/preload.mjs. */
const MAP = 'STET_TEST_PACKAGES';

/** Every module that a package exports: one that was left out would be there twice. */
function entriesOf(name: string): string[] {
  const { exports } = readManifest(name);
  return Object.keys(exports).map((path) => (path === '.' ? name : `${name}/${path.slice(2)}`));
}

function readManifest(name: string): { version: string; exports: Record<string, unknown> } {
  const path = findPackageJSON(name, import.meta.url);
  if (path === undefined) throw new Error(`no package ${name}`);
  return JSON.parse(readFileSync(path, 'utf8')) as { version: string; exports: Record<string, unknown> };
}

/** Environment variables for the processes of the tests; none when the packages cannot be bundled. */
export async function bundlePackages(root: string): Promise<Record<string, string>> {
  try {
    const map = await bundled(root);
    const loader = pathToFileURL(join(root, 'test', 'support', 'preload.mjs')).href;
    return { [MAP]: map, NODE_OPTIONS: [process.env.NODE_OPTIONS, `--import=${loader}`].filter(Boolean).join(' ') };
  } catch (error) {
    console.log(`packages are loaded file by file: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

/** @returns the path of the map */
async function bundled(root: string): Promise<string> {
  const versions = PACKAGES.map((name) => `${name} ${readManifest(name).version}`);
  const key = createHash('sha256').update(`${versions.join()} esbuild ${version}`).digest('hex').slice(0, 16);
  const folder = join(root, '.stet', 'test-packages', key);
  const map = join(folder, 'map.json');
  if (existsSync(map)) return map;
  const made = `${folder}.${process.pid}`;
  const entries = PACKAGES.flatMap(entriesOf).map((specifier, index) => ({
    from: import.meta.resolve(specifier),
    name: `entry-${index}`,
  }));
  mkdirSync(made, { recursive: true });
  await build({
    entryPoints: Object.fromEntries(entries.map(({ from, name }) => [name, fileURLToPath(from)])),
    bundle: true,
    // What several entries have is in one file: each module is there once.
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: made,
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  });
  const bundles = Object.fromEntries(
    entries.map(({ from, name }) => [from, pathToFileURL(join(folder, `${name}.mjs`)).href]),
  );
  writeFileSync(join(made, 'map.json'), JSON.stringify(bundles));
  try {
    renameSync(made, folder);
  } catch {
    // Another run was first.
    rmSync(made, { recursive: true, force: true });
  }
  return map;
}
