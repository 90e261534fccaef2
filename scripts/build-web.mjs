/**
 * Bundles the browser app of `src/clients/pages` into `.stet/web`: content-hashed ES modules and style sheets, each
 * with a gzip and a brotli twin, and `manifest.json`, which says what every page loads.
 * Pages are written with the English texts (`src/messages/en`). A page that has a catalogue in another language
 * (`src/messages/de/sign-in.ts`) is built once more for it, with that language's texts in place of the English ones: a page
 * loads the texts of its own language alone. What has no texts comes out the same and is one file for all languages.
 * Plain JavaScript: it is run before anything is installed for development. It knows nothing of HTML or of HTTP: `src/gateway/app/pages.ts` does.
 * Does nothing, quickly, when the inputs are those of the last build.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { keyOf, keyOfLastBuild } from './build/inputs.mjs';
import { languagesIn, textsIn } from './build/languages.mjs';
import { compress, replaceFolder } from './build/output.mjs';
import { refuseUnused, websocketAlone } from './build/websocket-alone.mjs';

/** The service worker's entry module. */
const WORKER = 'offline-worker.ts';
/** Page name -> its entry module. The style sheets that a module imports come with it. */
const PAGES = {
  list: 'list/list.ts',
  'sign-in': 'sign-in/sign-in.ts',
  edit: 'edit/edit.ts',
  history: 'history/history.ts',
};
/** Style sheet of the pages that readers see, and the script that keeps them up to date, in one file. */
const READING = 'styles/reading.css';
const VIEWER = '../viewer/reading-page.ts';
/** The same for documents in frames on other sites. */
const FRAME_STYLE = '../widget/frame/frame.css';
const FRAME = '../widget/frame/frame-page.ts';
/** The catalogue of these scripts. Those of the pages have the names of the pages. */
const READING_TEXTS = 'reading';
/** The script for other people's pages, in one file, and the page that helps to put it there. */
const WIDGET = '../widget/widget-script.ts';
const EMBED = '../widget/embed/embed.ts';
const EMBED_TEXTS = 'embed';
/** A folder a language, each with the catalogues that there are. */
const MESSAGES = 'src/messages';
const INPUTS = [
  'src/clients',
  'src/content',
  'src/lib',
  'src/messages',
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

  const esbuild = await import('esbuild');
  const pagesDir = join(root, 'src/clients/pages');
  const pathOf = (/** @type {string} */ entry) => join(pagesDir, entry);
  const sourceOf = (/** @type {string} */ entry) => relative(root, pathOf(entry));
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
      plugins: [...(plugins ?? []), websocketAlone],
    });
    /** @param {Partial<import('esbuild').BuildOptions>} options */
    async function build(options) {
      const { metafile } = await esbuild.build({ ...common, ...options, metafile: true });
      refuseUnused(metafile);
      return metafile;
    }
    /** @type {Record<string, Record<string, ReturnType<typeof pageOf>>>} */
    const pages = Object.fromEntries(Object.keys(PAGES).map((name) => [name, {}]));
    /** @type {Record<string, ReturnType<typeof pageOf>>} */
    const embed = {};
    /** @type {Record<string, string>} */
    const viewer = {};
    /** @type {Record<string, string>} */
    const frame = {};
    /** @param {string} language */
    async function buildIn(language) {
      const has = (/** @type {string} */ catalogue) => existsSync(join(root, MESSAGES, language, `${catalogue}.ts`));
      const options = { plugins: [...common.plugins, textsIn(language)] };
      const translated = Object.entries(PAGES).filter(([name]) => has(name));
      const hasEmbed = has(EMBED_TEXTS);
      const metafile = await build({
        ...options,
        entryPoints: [...translated.map(([, entry]) => entry), ...(hasEmbed ? [EMBED] : [])].map(pathOf),
        chunkNames: 'chunk-[hash]',
        splitting: true,
        format: 'esm',
      });
      for (const [name, entry] of translated)
        pages[name] = { ...pages[name], [language]: pageOf(metafile, sourceOf(entry)) };
      if (hasEmbed) embed[language] = pageOf(metafile, sourceOf(EMBED));
      if (!has(READING_TEXTS)) return;
      const reading = await build({ ...options, entryPoints: [VIEWER, FRAME].map(pathOf), format: 'esm' });
      viewer[language] = outputOf(reading, sourceOf(VIEWER)).file;
      frame[language] = outputOf(reading, sourceOf(FRAME)).file;
    }
    await buildIn('en');
    for (const language of languagesIn(join(root, MESSAGES))) if (language !== 'en') await buildIn(language);

    // Without texts.
    const metafile = await build({
      entryPoints: [WORKER, READING, FRAME_STYLE, 'icon.svg'].map(pathOf),
      assetNames: '[name]-[hash]',
      loader: { '.svg': 'copy' },
      format: 'esm',
    });
    // Only a classic script knows where it came from.
    const widget = await build({ entryPoints: [pathOf(WIDGET)], format: 'iife' });
    compress(assets);
    const manifest = {
      key,
      icon: readdirSync(assets).find((name) => /^icon-.*\.svg$/.test(name)),
      worker: outputOf(metafile, sourceOf(WORKER)).file,
      reading: outputOf(metafile, sourceOf(READING)).file,
      viewer,
      frameStyle: outputOf(metafile, sourceOf(FRAME_STYLE)).file,
      frame,
      widget: outputOf(widget, sourceOf(WIDGET)).file,
      embed,
      pages,
    };
    writeFileSync(join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  });
  return 'built';
}
