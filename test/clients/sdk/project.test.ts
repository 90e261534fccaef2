/**
 * The SDK as people get it: a project of its own installs the package from a running node by its address, with the real npm, and
 * then uses it in Node and checks its types. All of it on loopback.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { SDK_DIR } from '../../../src/node/settings.ts';
import { buildApp } from '../../support/browser.ts';
import { createWorld } from '../../support/node.ts';
import { startNpmRegistry } from '../../support/npm-registry.ts';
import { codeBlocks } from '../../support/readme.ts';
import { temporaryFolder } from '../../support/services.ts';
import { Article } from '../../support/viewer.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const folder = temporaryFolder('sdk-project');
const project = join(folder.path, 'project');

/** Runs a program in the project; a failure has its output. */
async function inProject(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd: project, env: { ...process.env, ...env }, timeout: 60_000 };
  const { stdout } = await run(program, args, options).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${program} ${args.join(' ')}:\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

test.before(buildApp);
test.after.always(() => folder.remove());
test.beforeEach((t) => t.timeout(120_000));

test.serial('SDK2 npm installs the package from a running node, by its address', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const registry = await startNpmRegistry(t);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }');
  const url = `${node.url}/sdk/stet-sdk-${version}.tgz`;
  await inProject('npm', ['install', url, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    npm_config_registry: registry,
    npm_config_cache: join(folder.path, 'cache'),
    npm_config_userconfig: join(folder.path, 'npmrc'),
    npm_config_globalconfig: join(folder.path, 'global-npmrc'),
  });
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; integrity?: string }>;
  };
  const index = (await (await fetch(`${node.url}/sdk/index.json`)).json()) as { package: { integrity: string } };
  t.like(lock.packages['node_modules/stet-sdk'], { resolved: url, integrity: index.package.integrity });
});

test.serial('SDK2 what npm installed is what npm itself would have packed', async (t) => {
  const packed = await inProject('npm', ['pack', join(SDK_DIR, 'stet-sdk'), '--dry-run', '--json'], {
    npm_config_cache: join(folder.path, 'cache'),
  });
  const [listed] = JSON.parse(packed) as [{ filename: string; files: { path: string; size: number }[] }];
  t.is(listed.filename, `stet-sdk-${version}.tgz`);
  const installed = join(project, 'node_modules/stet-sdk');
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  t.deepEqual(files.sort(), listed.files.map(({ path }) => path).sort());
});

test.serial('SDK2 there is one Yjs in the project, and nothing that only a server needs', (t) => {
  const modules = join(project, 'node_modules');
  const copies = readdirSync(modules, { recursive: true, withFileTypes: true }).filter(
    ({ name, parentPath }) => name === 'yjs' && parentPath.endsWith('node_modules'),
  );
  t.is(copies.length, 1);
  for (const name of ['typebox', 'socket.io', 'hono', 'ioredis']) t.false(existsSync(join(modules, name)), name);
});

const USE = `
import * as Y from 'yjs';
import { connect, Y as sdkYjs } from 'stet-sdk/editor';
import { createStetClient } from 'stet-sdk/http';
import { watchPublication } from 'stet-sdk/viewer';
import { followDocument } from 'stet-sdk/widget';

const { STET, TOKEN } = process.env;
const stet = createStetClient({ url: STET, token: TOKEN });
const { data: made } = await stet.POST('/v1/documents', { body: { title: 'Cranes', slug: 'sdk-cranes', visibility: 'public' } });

const client = connect({ url: STET, token: TOKEN });
const open = client.open(made.id);
await open.synced;
const paragraph = new Y.XmlElement('paragraph');
paragraph.insert(0, [new Y.XmlText('They come in April.')]);
open.ydoc.getXmlFragment('body').insert(0, [paragraph]);
const saved = await new Promise((resolve) => {
  open.status.subscribe((status) => status.kind === 'saved' && resolve(status));
});
const { data: text } = await stet.GET('/v1/documents/{id}/draft', {
  params: { path: { id: made.id }, query: { format: 'text' } },
  parseAs: 'text',
});

const ended = new AbortController();
const viewed = new Promise((resolve) => {
  watchPublication({ origin: STET, slug: 'sdk-cranes', token: TOKEN, onRevision: resolve, signal: ended.signal, onGone: () => resolve('gone') });
});
const gone = await viewed;
await stet.POST('/v1/documents/{id}/publish', { params: { path: { id: made.id } } });
const seen = await Promise.all([
  new Promise((resolve) => watchPublication({ origin: STET, slug: 'sdk-cranes', onRevision: resolve, signal: ended.signal })),
  new Promise((resolve) => followDocument({ origin: STET, slug: 'sdk-cranes', onRevision: resolve, signal: ended.signal })),
]);
ended.abort();
await client.close();
console.log(JSON.stringify({ isOneYjs: Y.Doc === sdkYjs.Doc, saved, text, gone, seen }));
`;

test.serial(
  'SDK2 a program in Node writes with the editor SDK, reads over HTTP, and sees what is published',
  async (t) => {
    const world = await createWorld(t);
    const [node, author] = [await world.node(), await world.author('ann')];
    writeFileSync(join(project, 'use.js'), USE);
    const env = { STET: node.url, TOKEN: author.token };
    const stdout = await inProject(process.execPath, ['--unhandled-rejections=strict', 'use.js'], env);
    const result = JSON.parse(stdout) as Record<string, unknown> & { seen: Record<string, unknown>[] };
    t.like(result, { isOneYjs: true, saved: { kind: 'saved', seq: 1 }, text: 'They come in April.', gone: 'gone' });
    t.is(result.seen.length, 2);
    for (const revision of result.seen) {
      t.like(revision, { revision: 1, title: 'Cranes', html: '<p>They come in April.</p>' });
    }
  },
);

const TYPED = `
import { connect, indexedDbPersistence, type Level, type OpenDocument, type Status, Y } from 'stet-sdk/editor';
import { createStetClient, EventsRefused, type Schemas } from 'stet-sdk/http';
import { type LiveDraft, type PublishedRevision, watchPublication } from 'stet-sdk/viewer';
import { defineWidget, followDocument, type WidgetPublication } from 'stet-sdk/widget';

const client = connect({ url: ['https://one.example', 'https://two.example'], timings: { ackTimeoutMs: 500 } });
const open: OpenDocument = client.open('id', { mode: 'edit', persistence: indexedDbPersistence('mine:') });
const doc: Y.Doc = open.ydoc;
const level: Level | null = open.role.get();
export const words = (status: Status): string => (status.kind === 'refused' ? status.error.message : status.kind);
// @ts-expect-error there is no such kind
export const wrong = (status: Status): boolean => status.kind === 'lost';
// @ts-expect-error a document has no such property
open.save();

const stet = createStetClient({ url: 'https://stet.example', token: 'secret' });
const { data, error } = await stet.GET('/v1/documents/{id}', { params: { path: { id: 'id' } } });
const title: string | undefined = data?.title;
const detail: string | undefined = error?.detail;
const document: Schemas['Document'] | undefined = data;
// @ts-expect-error there is no such path
await stet.GET('/v1/nothing');
// @ts-expect-error the path has a parameter
await stet.GET('/v1/documents/{id}');
try {
  for await (const { id, type } of stet.events('id')) console.log(id.length, type.length);
} catch (refused) {
  if (refused instanceof EventsRefused) console.log(refused.status.toFixed());
}

const stop: () => void = watchPublication({
  origin: 'https://stet.example',
  slug: 'cranes',
  onRevision: ({ revision, html }: PublishedRevision) => console.log(revision.toFixed(), html.length),
  onLive: (draft: LiveDraft | null) => console.log(draft?.blocks.length),
  signal: AbortSignal.timeout(1_000),
});
// @ts-expect-error a document has to be named
watchPublication({ origin: 'https://stet.example' });
defineWidget({ origin: 'https://stet.example' });
followDocument({ slug: 'cranes', onRevision: (publication: WidgetPublication) => console.log(publication.author) });
stop();
console.log(doc.clientID, level, title, detail, document?.id);
`;

/** Each with the kind of modules that goes with it: a page's project, and one for Node that knows no types of browsers. */
const RESOLUTIONS = {
  bundler: { module: 'esnext', lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
  nodenext: { module: 'nodenext', lib: ['es2022'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
} as const;
const tsc = join(root, 'node_modules/typescript/bin/tsc');

for (const [moduleResolution, setting] of Object.entries(RESOLUTIONS)) {
  test.serial(`SDK2 the types check under ${moduleResolution}, and find what is wrong`, async (t) => {
    const folder = join(project, moduleResolution);
    mkdirSync(folder);
    writeFileSync(join(folder, 'use.ts'), TYPED);
    const examples = codeBlocks(readFileSync(join(project, 'node_modules/stet-sdk/README.md'), 'utf8'), 'ts');
    t.true(examples.length > 3);
    for (const [at, code] of examples.entries()) writeFileSync(join(folder, `readme-${at}.ts`), code);
    const compilerOptions = {
      target: 'es2022',
      ...setting,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      // Ours are checked as well, not just used.
      skipLibCheck: false,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const checked = await run(process.execPath, [tsc, '--pretty', 'false', '-p', folder], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    );
    // Yjs's own declarations name a browser's types.
    const complaints = checked.stdout.split('\n').filter((line) => !/^$|^node_modules\/yjs\/.*TS2(304|552)/.test(line));
    t.deepEqual(complaints, []);
  });
}

test.serial('SDK2 the package is found in its own folder', (t) => {
  const installed = join(project, 'node_modules/stet-sdk');
  t.is(realpathSync(installed), installed, 'no link to this checkout');
});

test.serial('SDK2 a reader in Node follows a live draft word by word until it settles', async (t) => {
  const world = await createWorld(t);
  const [node, author] = [await world.node(), await world.author('ann')];
  const article = await Article.make(node, author);
  await article.publish('One.');
  await article.change({ live: true });
  writeFileSync(
    join(project, 'live.js'),
    `
import { watchPublication } from 'stet-sdk/viewer';
const say = (line) => console.log(JSON.stringify(line));
const stop = watchPublication({
  origin: process.env.STET,
  slug: process.env.SLUG,
  onRevision: ({ revision, html }) => {
    say({ revision, html });
    if (revision === 2) stop();
  },
  onLive: (draft) => say({ live: draft && draft.blocks }),
  onStatus: (status) => say(status),
});
`,
  );
  const child = execFile(process.execPath, ['live.js'], {
    cwd: project,
    env: { ...process.env, STET: node.url, SLUG: article.slug },
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  t.teardown(() => child.kill());
  const output = createInterface({ input: child.stdout ?? Readable.from([]) })[Symbol.asyncIterator]();
  const lines: Record<string, unknown>[] = [];
  const until = async (matches: (line: Record<string, unknown>) => boolean): Promise<void> => {
    while (!lines.some(matches)) {
      const { value, done } = await output.next();
      if (done) throw new Error(`ended after ${JSON.stringify(lines)}`);
      lines.push(JSON.parse(value) as Record<string, unknown>);
    }
  };
  const shows = (...blocks: string[]) => until(({ live }) => JSON.stringify(live) === JSON.stringify(blocks));
  await shows('<p>One.</p>');
  await until(({ live, readers }) => live === true && readers === 1);
  await article.write('One.', 'Two.');
  await shows('<p>One.</p>', '<p>Two.</p>');
  await article.publish();
  await article.change({ live: false });
  t.is(await ended, 0, 'the process ends by itself when the watch has');
});
