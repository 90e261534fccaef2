/** Links of the documents lead to files that exist and to headings that they have. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';
import { ROOT } from '../support/root.ts';

/** What stands in code is no link and no heading. */
const withoutCode = (text: string): string => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '`');

/** The anchors of a page's headings, as code hosts make them: a repeated one gets a number. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.replace(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(plain) ?? 0;
    seen.set(plain, count + 1);
    anchors.add(count === 0 ? plain : `${plain}-${count}`);
  }
  return anchors;
}

/** The faults of a page's links. `read` gives the text of a file, undefined where there is none. */
function faultsOf(file: string, text: string, read: (path: string) => string | undefined): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^(https?|mailto):/.test(target)) return [];
    const [path = '', anchor] = target.split('#', 2);
    const found = path === '' ? file : join(dirname(file), path);
    const there = read(found);
    if (there === undefined) return [`${file}: ${target} does not exist`];
    if (anchor !== undefined && !anchorsOf(there).has(anchor)) return [`${file}: ${target} has no such heading`];
    return [];
  });
}

function read(path: string): string | undefined {
  const full = join(ROOT, path);
  if (relative(ROOT, full).startsWith('..') || !existsSync(full)) return undefined;
  return statSync(full).isDirectory() || !full.endsWith('.md') ? '' : readFileSync(full, 'utf8');
}

/** Every Markdown file of ours. */
const files = [
  ...readdirSync(ROOT),
  ...['docs', 'schemas', 'scripts', 'src', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ),
].filter((name) => name.endsWith('.md'));

test('every relative link of a document leads to a file, and to a heading if it names one', (t) => {
  t.true(files.includes('README.md') && files.includes('docs/tutorial.md'));
  t.deepEqual(
    files.flatMap((file) => faultsOf(file, read(file) ?? '', read)),
    [],
  );
});

/** Files and folders that documents name in code. Notes of decisions are of their day, and name what there was. */
const NAMED = /`((?:bin|docs|migrations|schemas|scripts|src|test)\/[\w./-]*\w)\/?`/g;

test('files and folders that the documents name in code exist', (t) => {
  const named = files
    .filter((file) => !file.startsWith('docs/decisions/') || file.endsWith('-own-on-purpose.md'))
    .flatMap((file) => [...(read(file) ?? '').matchAll(NAMED)].map(([, path = '']) => ({ file, path })));
  t.true(named.length > 50);
  t.deepEqual(
    named.filter(({ path }) => read(path) === undefined).map(({ file, path }) => `${file}: ${path}`),
    [],
  );
});

test('scripts, benchmarks and commands that the documents name exist', (t) => {
  const texts = files.filter((file) => !file.startsWith('docs/decisions/')).map((file) => read(file) ?? '');
  const named = (pattern: RegExp): string[] => [
    ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))),
  ];
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const unknown = named(/\bnpm run ([\w:-]*\w)/g).filter((name) => !Object.hasOwn(scripts, name));
  const benches = readFileSync(join(ROOT, 'test', 'bench', 'run.ts'), 'utf8');
  const help = readFileSync(join(ROOT, 'src', 'cli', 'help.ts'), 'utf8');
  const unknownBenches = named(/\bnpm run bench -- ([a-z-]+)/g).filter((name) => !benches.includes(`case '${name}'`));
  const unknownCommands = named(/\b(?:npm run stet --|`stet) ([a-z]+)/g).filter(
    (name) => !help.includes(`\n  ${name} `),
  );
  t.deepEqual([unknown, unknownBenches, unknownCommands], [[], [], []]);
});

test('links to nothing, to no heading and out of the project are found', (t) => {
  const pages: Record<string, string> = {
    'a.md': '# One `two`, three\n\n## Same\n\n## Same\n\n```\n# no heading\n```',
    'docs/b.md': '',
  };
  const page = [
    '[ok](a.md) [ok](a.md#one-two-three) [ok](a.md#same-1) [ok](#here) [ok](https://example.org/x.md)',
    '[1](missing.md) [2](a.md#no-heading) [3](#nowhere) [4](../outside.md) `[code](code.md)`',
    '## Here',
  ].join('\n\n');
  const faults = faultsOf('c.md', page, (path) => (path === 'c.md' ? page : pages[path]));
  t.deepEqual(
    faults.map((fault) => fault.replace('c.md: ', '')),
    [
      'missing.md does not exist',
      'a.md#no-heading has no such heading',
      '#nowhere has no such heading',
      '../outside.md does not exist',
    ],
  );
});

test('pictures of the README are small enough to load at once', (t) => {
  const pictures = [...(read('README.md') ?? '').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
  t.is(pictures.length, 2);
  for (const path of pictures) t.true(statSync(join(ROOT, path)).size < 150_000, path);
});
