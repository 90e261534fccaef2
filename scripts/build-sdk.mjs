/**
 * Makes the SDK of `src/clients`, offline, in three forms below `dist`:
 *   stet-sdk/             the npm package: ESM JavaScript with type declarations, dependencies declared and not bundled
 *   stet-sdk-VERSION.tgz  the same, packed; what `npm pack` would pack
 *   browser/              one self-contained module each for pages that bundle nothing, with compressed twins
 * and `manifest.json`, which `src/gateway/sdk` serves them by. Does nothing, quickly, when the inputs are those of the last build. The same inputs make the same bytes.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declarationOf, packageOf, writeDeclarations } from './build/declarations.mjs';
import { keyOf, keyOfLastBuild } from './build/inputs.mjs';
import { compress, replaceFolder } from './build/output.mjs';
import { tarballOf } from './build/tarball.mjs';

const NAME = 'stet-sdk';
/** Subpath of the package -> its entry module. */
const ENTRIES = {
  editor: 'src/clients/editor/index.ts',
  http: 'src/clients/http/index.ts',
  viewer: 'src/clients/viewer/index.ts',
  widget: 'src/clients/widget/index.ts',
};
const README = 'src/clients/README.md';
/** An application must have one of it: it comes from the application. */
const PEERS = new Set(['yjs']);
/** WebSocket is a global from here on. */
const NODE = '>=22';
const INPUTS = [
  ...['editor', 'http', 'viewer', 'widget'].map((name) => `src/clients/${name}`),
  'src/clients/connection-status.ts',
  'src/clients/guard.ts',
  'src/clients/visibility.ts',
  README,
  'src/content',
  'src/lib',
  'src/messages',
  'schemas',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/build',
  'scripts/build-sdk.mjs',
];

/** @param {string} file @param {'sha384' | 'sha512'} algorithm as Subresource Integrity has it */
const integrityOf = (file, algorithm) =>
  `${algorithm}-${createHash(algorithm).update(readFileSync(file)).digest('base64')}`;

/**
 * What the package says of itself. Ranges begin at the versions that the tests run with.
 * @param {{version: string, description: string, license: string, dependencies: Record<string, string>}} project
 * @param {Iterable<string>} packages what the package imports
 */
function packageJsonOf({ version, license, dependencies }, packages) {
  const ranges = [...packages].sort().map((name) => {
    const pinned = dependencies[name];
    if (pinned === undefined) throw new Error(`the SDK imports ${name}, which package.json does not name`);
    return /** @type {const} */ ([name, `^${pinned}`]);
  });
  return {
    name: NAME,
    version,
    description: 'Write live, publish and follow documents of a Stet server, from browsers and Node',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: NODE },
    exports: {
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([name, entry]) => [
          `./${name}`,
          { types: `./types/${declarationOf(entry)}`, default: `./${name}.js` },
        ]),
      ),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(ranges.filter(([name]) => !PEERS.has(name))),
    peerDependencies: Object.fromEntries(ranges.filter(([name]) => PEERS.has(name))),
  };
}

/**
 * Builds the SDK unless it is up to date.
 * @param {{root: string, outDir?: string}} options `outDir` defaults to `dist` below the root
 * @returns {Promise<'built' | 'unchanged'>} rejects with the errors of esbuild or TypeScript
 */
export async function buildSdk({ root, outDir = join(root, 'dist') }) {
  const key = keyOf(root, INPUTS);
  if (keyOfLastBuild(outDir) === key) return 'unchanged';

  const { build } = await import('esbuild');
  const project = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await replaceFolder(outDir, async (staging) => {
    const folder = join(staging, NAME);
    const browser = join(staging, 'browser');
    const scratch = join(staging, 'scratch');
    for (const made of [folder, browser, scratch]) mkdirSync(made);
    const common = /** @satisfies {import('esbuild').BuildOptions} */ ({
      absWorkingDir: root,
      entryPoints: Object.entries(ENTRIES).map(([out, entry]) => ({ in: entry, out })),
      bundle: true,
      format: 'esm',
      legalComments: 'none',
      logLevel: 'error',
    });
    const parts = /** @type {const} */ ([
      build({
        ...common,
        outdir: folder,
        platform: 'neutral',
        packages: 'external',
        splitting: true,
        chunkNames: 'chunk-[hash]',
        target: 'es2022',
        metafile: true,
      }),
      writeDeclarations({ root, entries: Object.values(ENTRIES), outDir: join(folder, 'types'), scratch }),
      // Each is one file: a page that was loaded from a node of another version asks this one for no part of it.
      build({
        ...common,
        outdir: browser,
        platform: 'browser',
        target: ['es2022', 'safari16'],
        minify: true,
        define: { 'process.env.NODE_ENV': '"production"' },
      }),
    ]);
    // All write into the folder: none may go on after it was given up.
    await Promise.allSettled(parts);
    const [{ metafile }, typed] = await Promise.all(parts);
    const imported = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .flatMap(({ path, external }) => (external ? [packageOf(path)] : []));
    const packageJson = packageJsonOf(project, new Set([...imported, ...typed]));
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`);
    copyFileSync(join(root, README), join(folder, 'README.md'));
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    rmSync(scratch, { recursive: true });

    const tarball = `${NAME}-${project.version}.tgz`;
    writeFileSync(join(staging, tarball), tarballOf(folder));
    const modules = Object.keys(ENTRIES).map((name) => {
      const file = `${name}.js`;
      return [name, { file, integrity: integrityOf(join(browser, file), 'sha384') }];
    });
    compress(browser);
    const manifest = {
      key,
      name: NAME,
      version: project.version,
      package: { file: tarball, integrity: integrityOf(join(staging, tarball), 'sha512') },
      modules: Object.fromEntries(modules),
    };
    writeFileSync(join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  });
  return 'built';
}
