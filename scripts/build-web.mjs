/**
 * Bundles the browser app of `src/clients/pages` into `.stet/web`: content-hashed ES modules and style sheets, each
 * with a gzip and a brotli twin, and `manifest.json`, which says what every page loads.
 * Plain JavaScript: the set-up step runs it. It knows nothing of HTML or of HTTP: `src/gateway/app/pages.ts` does.
 * Does nothing, quickly, when the inputs are those of the last build. The output folder is swapped in one rename, so
 * that a server starting meanwhile reads either the old build or the new one.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The service worker's entry module. */
const WORKER = 'offline-worker.ts';
/** Page name -> its entry module. The style sheets that a module imports come with it. */
const PAGES = {
  list: 'list/list.ts',
  'sign-in': 'sign-in/sign-in.ts',
  edit: 'edit/edit.ts',
  revisions: 'revisions/revisions.ts',
  missing: 'missing.ts',
};
/** Style sheet of the pages that readers see, and the script that keeps them up to date, in one file. */
const READING = 'styles/reading.css';
const VIEWER = '../viewer/reading-page.ts';
/** The script for other people's pages, in one file, and the page that helps to put it there. */
const WIDGET = '../widget/widget-script.ts';
const EMBED = '../widget/embed/embed.ts';
const COMPRESSIBLE = /\.(js|css|svg|json)$/;

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
 */
function keyOf(root) {
  const hash = createHash('sha256');
  const folders = ['src/clients', 'src/content', 'src/lib', 'schemas'].flatMap((folder) =>
    filesBelow(join(root, folder)),
  );
  for (const file of [...folders, join(root, 'package-lock.json'), fileURLToPath(import.meta.url)]) {
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
function keyOfLastBuild(outDir) {
  try {
    return JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')).key;
  } catch {
    return undefined;
  }
}

/**
 * The output made of an entry point.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} source
 */
function outputOf(metafile, source) {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === source);
  if (found === undefined) throw new Error(`no output for ${source}`);
  return { file: basename(found[0]), ...found[1] };
}

/**
 * What a page needs, from esbuild's account of inputs and outputs.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} source
 */
function pageOf(metafile, source) {
  const { file, cssBundle, imports } = outputOf(metafile, source);
  const preload = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path));
  return { script: file, style: cssBundle && basename(cssBundle), preload };
}

/** @param {string} folder */
async function compress(folder) {
  const { brotliCompressSync, constants, gzipSync } = await import('node:zlib');
  for (const name of readdirSync(folder).filter((file) => COMPRESSIBLE.test(file))) {
    const content = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

/**
 * Builds the browser app unless it is up to date.
 * @param {{root: string, outDir?: string, plugins?: import('esbuild').Plugin[]}} options `outDir` defaults to
 *   `.stet/web` below the root; a build with plugins is always made
 * @returns {Promise<'built' | 'unchanged'>} rejects with esbuild's errors
 */
export async function buildWeb({ root, outDir = join(root, '.stet/web'), plugins }) {
  const key = keyOf(root);
  if (plugins === undefined && keyOfLastBuild(outDir) === key) return 'unchanged';

  const { build } = await import('esbuild');
  const pagesDir = join(root, 'src/clients/pages');
  const staging = `${outDir}.${process.pid}.new`;
  const assets = join(staging, 'assets');
  mkdirSync(assets, { recursive: true });
  try {
    const common = /** @satisfies {import('esbuild').BuildOptions} */ ({
      absWorkingDir: root,
      outdir: assets,
      outbase: pagesDir,
      entryNames: '[name]-[hash]',
      bundle: true,
      platform: 'browser',
      target: ['es2022', 'safari16'],
      minify: true,
      legalComments: 'none',
      define: { 'process.env.NODE_ENV': '"production"' },
      metafile: true,
      logLevel: 'error',
      ...(plugins === undefined ? {} : { plugins }),
    });
    const { metafile } = await build({
      ...common,
      entryPoints: [...Object.values(PAGES), WORKER, READING, EMBED, 'icon.svg'].map((entry) => join(pagesDir, entry)),
      chunkNames: 'chunk-[hash]',
      assetNames: '[name]-[hash]',
      loader: { '.svg': 'copy' },
      splitting: true,
      format: 'esm',
    });
    // Only a classic script knows where it came from.
    const widget = await build({ ...common, entryPoints: [join(pagesDir, WIDGET)], format: 'iife' });
    const viewer = await build({ ...common, entryPoints: [join(pagesDir, VIEWER)], format: 'esm' });
    await compress(assets);
    const icon = readdirSync(assets).find((name) => /^icon-.*\.svg$/.test(name));
    const worker = outputOf(metafile, relative(root, join(pagesDir, WORKER))).file;
    const reading = outputOf(metafile, relative(root, join(pagesDir, READING))).file;
    const page = (/** @type {string} */ entry) => pageOf(metafile, relative(root, join(pagesDir, entry)));
    const manifest = {
      key,
      icon,
      worker,
      reading,
      viewer: outputOf(viewer.metafile, relative(root, join(pagesDir, VIEWER))).file,
      widget: outputOf(widget.metafile, relative(root, join(pagesDir, WIDGET))).file,
      embed: page(EMBED),
      pages: Object.fromEntries(Object.entries(PAGES).map(([name, entry]) => [name, page(entry)])),
    };
    writeFileSync(join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const previous = `${outDir}.${process.pid}.old`;
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
  return 'built';
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const started = performance.now();
  const outcome = await buildWeb({ root });
  if (outcome === 'built') console.log(`Built the browser app in ${Math.round(performance.now() - started)} ms.`);
}
