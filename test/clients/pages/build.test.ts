/** The built app: complete, small where it has to be, and not built twice. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'ava';
import { build as esbuild } from 'esbuild';
import { textsIn } from '../../../scripts/build/languages.mjs';
import { ROOT } from '../../support/root.ts';
import { temporaryFolder } from '../../support/services.ts';

interface Page {
  script: string;
  style: string;
  preload: string[];
}
interface Manifest {
  icon: string;
  worker: string;
  reading: string;
  viewer: Record<string, string>;
  frameStyle: string;
  frame: Record<string, string>;
  pages: Record<string, Record<string, Page>>;
}
interface Builder {
  buildWeb(options: { root: string; outDir: string }): Promise<'built' | 'unchanged'>;
}

const folder = temporaryFolder('build');
const outDir = join(folder.path, 'web');
const assets = join(outDir, 'assets');
const build = async () => {
  const { buildWeb } = (await import(new URL('../../../scripts/build-web.mjs', import.meta.url).href)) as Builder;
  return buildWeb({ root: ROOT, outDir });
};
const manifest = () => JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')) as Manifest;
/** Bytes of script that a page loads before it can work. */
const scriptBytes = ({ script, preload }: Page) =>
  [script, ...preload].reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);

test.before(async (t) => {
  t.is(await build(), 'built');
});
test.after.always(() => folder.remove());

test('nothing is built when nothing changed', async (t) => {
  const before = readdirSync(assets).map((name) => statSync(join(assets, name)).ino);
  t.is(await build(), 'unchanged');
  t.deepEqual(
    readdirSync(assets).map((name) => statSync(join(assets, name)).ino),
    before,
  );
});

test('all that the manifest names is there', (t) => {
  const { icon, worker, reading, viewer, frameStyle, frame, pages } = manifest();
  const named = Object.values(pages).flatMap((languages) =>
    Object.values(languages).flatMap(({ script, style, preload }) => [script, style, ...preload]),
  );
  t.deepEqual(Object.keys(pages).sort(), ['edit', 'history', 'list', 'sign-in']);
  const scripts = [...Object.values(viewer), ...Object.values(frame)];
  for (const name of [icon, worker, reading, frameStyle, ...scripts, ...named])
    t.true(existsSync(join(assets, name)), name);
});

test('the compressed twins hold the same bytes', (t) => {
  for (const name of readdirSync(assets).filter((file) => /\.(js|css|svg)$/.test(file))) {
    const content = readFileSync(join(assets, name));
    t.deepEqual(brotliDecompressSync(readFileSync(join(assets, `${name}.br`))), content, name);
    t.deepEqual(gunzipSync(readFileSync(join(assets, `${name}.gz`))), content, name);
  }
});

test('only the editor loads the editor', (t) => {
  const { pages } = manifest();
  for (const name of ['list', 'sign-in', 'history']) t.true(scriptBytes(pages[name]!.en!) < 40_000, name);
  t.true(scriptBytes(pages.edit!.en!) > 200_000, 'the measure is not blind');
});

test('the editor opens with at most 185 KB of script, compressed', (t) => {
  const { script, preload } = manifest().pages.edit!.en!;
  const bytes = [script, ...preload].map((name) => statSync(join(assets, `${name}.br`)).size);
  t.true(bytes.reduce((sum, size) => sum + size, 0) <= 185_000, bytes.join());
});

test('the scripts of the reading page and of frames are one file each, of at most 20 KB, compressed', (t) => {
  const { viewer, frame } = manifest();
  t.deepEqual(Object.keys(frame), Object.keys(viewer));
  for (const name of [...Object.values(viewer), ...Object.values(frame)]) {
    t.true(statSync(join(assets, `${name}.gz`)).size <= 20_000, name);
    t.notRegex(readFileSync(join(assets, name), 'utf8'), /^import |from"/m, name);
  }
});

const scriptsOf = ({ script, preload }: Page) =>
  [script, ...preload].map((name) => readFileSync(join(assets, name), 'utf8')).join('\n');

test('MSG2 a page is built in each language that has its texts, with those alone', (t) => {
  const { pages, viewer, frame } = manifest();
  t.deepEqual(Object.keys(pages['sign-in']!).sort(), ['ar', 'de', 'en', 'es', 'fr']);
  const [english, german] = [scriptsOf(pages['sign-in']!.en!), scriptsOf(pages['sign-in']!.de!)];
  t.true(english.includes('Incorrect username or password.') && !english.includes('Benutzername'));
  t.true(german.includes('Benutzername oder Passwort ist falsch.') && !german.includes('username or password'));
  t.false(english.includes('Publish now'), "nor another page's");
  const [reading, gelesen] = [viewer.en, viewer.de].map((name) => readFileSync(join(assets, name!), 'utf8'));
  t.true(reading!.includes('reading now') && !reading!.includes('lesen gerade'));
  t.true(gelesen!.includes('lesen gerade') && !gelesen!.includes('reading now'));
  const [framed, gerahmt] = [frame.en, frame.de].map((name) => readFileSync(join(assets, name!), 'utf8'));
  t.true(framed!.includes('This content is not available.') && !framed!.includes('Dieser Inhalt'));
  t.true(gerahmt!.includes('Dieser Inhalt ist nicht verf') && !gerahmt!.includes('This content'));
});

test('MSG2 a page that needs a catalogue which its language lacks is not built', async (t) => {
  const project = temporaryFolder('languages');
  t.teardown(() => project.remove());
  for (const file of ['messages/en/page.ts', 'messages/en/common.ts', 'messages/de/page.ts']) {
    mkdirSync(join(project.path, dirname(file)), { recursive: true });
    writeFileSync(join(project.path, file), 'export const text = "";');
  }
  const page = join(project.path, 'page.ts');
  writeFileSync(page, "import './messages/en/page.ts';\nimport './messages/en/common.ts';");
  const bundle = (language: string) =>
    esbuild({ entryPoints: [page], bundle: true, write: false, logLevel: 'silent', plugins: [textsIn(language)] });
  await t.notThrowsAsync(bundle('en'));
  await t.throwsAsync(bundle('de'), { message: /needs messages\/de\/common\.ts/ });
});

test('no asset calls for another host', (t) => {
  for (const name of readdirSync(assets).filter((file) => /\.css$/.test(file))) {
    t.notRegex(readFileSync(join(assets, name), 'utf8'), /@import|url\(/, name);
  }
});
