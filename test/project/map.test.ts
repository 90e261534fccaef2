/** ARCHITECTURE.md names what there is: its map every folder of the source, its answers files and the names in them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'ava';
import { ROOT } from '../support/root.ts';

const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');

/** The text of a chapter. */
const chapter = (heading: string): string => page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

/** Paths of a map that is indented by two spaces a level; what stands behind the names is not read. */
function pathsOf(map: string): string[] {
  const parents: string[] = [];
  const paths: string[] = [];
  for (const [, indent = '', names = ''] of map.matchAll(/^( {0,10})(\S+(?: \S+\/)*)(?: {2,}.*)?$/gm)) {
    const level = indent.length / 2;
    parents.length = level;
    const found = names.split(' ').map((name) => [...parents, name.replace(/\/$/, '')].join('/'));
    paths.push(...found);
    parents[level] = names.split(' ')[0]?.replace(/\/$/, '') ?? '';
  }
  return paths;
}

const [, map = ''] = /^```\n(.*?)^```$/ms.exec(chapter('Map')) ?? [];
const paths = pathsOf(map);

test('what the map names exists', (t) => {
  t.true(paths.includes('src/gateway/api/kernel') && paths.includes('src/main.ts'));
  t.deepEqual(
    paths.filter((path) => !existsSync(join(ROOT, path))),
    [],
  );
});

test('the map names every folder of the source, and of the tests that mirror none', (t) => {
  const foldersBelow = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [`${folder}/${entry.name}`, ...foldersBelow(`${folder}/${entry.name}`)] : [],
    );
  // Pages and embedded parts are folders for their own use.
  const own = /^src\/(?:clients\/(?:pages|widget)|embedded)\//;
  const mirrors = (name: string): boolean => ['src', '.'].some((folder) => existsSync(join(ROOT, folder, name)));
  const tests = readdirSync(join(ROOT, 'test')).filter((name) => !mirrors(name));
  const folders = [
    ...foldersBelow('src').filter((folder) => !own.test(folder)),
    ...tests.map((name) => `test/${name}`),
  ];
  t.deepEqual(
    folders.filter((folder) => !paths.includes(folder)),
    [],
  );
});

/** `name` in `file`. */
const ANSWER = /`([\w.#]+)`\s+in\s+`(src\/[\w./-]+\.ts)`/g;

test('each answer of “Where is…” names files, and functions, classes or constants that stand in them', (t) => {
  const answers = chapter('Where is…').split(/^- /m).slice(1);
  t.is(answers.length, 6);
  for (const answer of answers) {
    const named = [...answer.matchAll(ANSWER)];
    t.true(named.length > 0, answer);
    for (const [, name = '', file = ''] of named) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      for (const part of name.split('.'))
        t.regex(text, new RegExp(`(?:^|[^\\w#])${part}\\b`, 'm'), `${name} in ${file}`);
    }
  }
});

test('files that the page names without their folder are somewhere in the source', (t) => {
  const names = [...page.matchAll(/`([a-z][\w-]*\.ts)`/g)].map(([, name = '']) => name);
  const there = new Set(
    ['src', 'schemas', 'scripts', 'migrations'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => basename(name)),
    ),
  );
  t.true(names.length > 5);
  t.deepEqual(
    names.filter((name) => !there.has(name)),
    [],
  );
});

test('a map is read by its indentation', (t) => {
  const text =
    'src/\n  main.ts    starts\n  content/   pure\n    html/ markdown/   in and out\n             more of it\ndocs/      pages\n';
  t.deepEqual(pathsOf(text), ['src', 'src/main.ts', 'src/content', 'src/content/html', 'src/content/markdown', 'docs']);
});
