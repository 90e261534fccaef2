/**
 * Bundles the browser app of `src/clients/pages` into `.stet/web`: content-hashed ES modules and style sheets, each
 * with a gzip and a brotli twin, and `manifest.json`, which says what every page loads.
 * Plain JavaScript: it is run before anything is installed for development. It knows nothing of HTML or of HTTP: `src/gateway/app/pages.ts` does.
 * Does nothing, quickly, when the inputs are those of the last build.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { keyOf, keyOfLastBuild } from './build/inputs.mjs';
import { compress, replaceFolder } from './build/output.mjs';

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
const INPUTS = [
  'src/clients',
  'src/content',
  'src/lib',
  'schemas',
  'package-lock.json',
  'scripts/build',
  'scripts/build-web.mjs',
];

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

/**
 * Builds the browser app unless it is up to date.
 * @param {{root: string, outDir?: string, plugins?: import('esbuild').Plugin[]}} options `outDir` defaults to
 *   `.stet/web` below the root; a build with plugins is always made
 * @returns {Promise<'built' | 'unchanged'>} rejects with esbuild's errors
 */
export async function buildWeb({ root, outDir = join(root, '.stet/web'), plugins }) {
  const key = keyOf(root, INPUTS);
  if (plugins === undefined && keyOfLastBuild(outDir) === key) return 'unchanged';

  const { build } = await import('esbuild');
  const pagesDir = join(root, 'src/clients/pages');
  await replaceFolder(outDir, async (staging) => {
    const assets = join(staging, 'assets');
    mkdirSync(assets);
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
    compress(assets);
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
  });
  return 'built';
}
