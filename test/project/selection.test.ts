// Which tests a run means: areas by name, and the quick ones by what they import.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { LONGEST } from '../../ava.config.js';
import { importsOf } from '../../scripts/imports/imports.ts';
import { filesOf, parseArguments, quickFiles, select, testFiles } from '../../scripts/test/select.ts';
import { folder } from '../support/helpers.ts';
import { ROOT } from '../support/root.ts';

const FILES = [
  'test/chaos/checker.test.ts',
  'test/gateway/listener/readers.test.ts',
  'test/gateway/readers/pages/served.test.ts',
  'test/storage/postgres/journal/append.test.ts',
  'test/storage/postgres/public/journal.test.ts',
];

test('a word means the tests below folders or in files of that name, else those whose path has it', (t) => {
  t.deepEqual(filesOf('readers', FILES), FILES.slice(1, 3));
  t.deepEqual(filesOf('readers/pages', FILES), [FILES[2]]);
  t.deepEqual(filesOf('storage/postgres/journal', FILES), [FILES[3]]);
  t.deepEqual(filesOf('test/storage/', FILES), FILES.slice(3));
  t.deepEqual(filesOf('serv', FILES), [FILES[2]]);
  t.deepEqual(filesOf('test/chaos/checker.test.ts:12-14', FILES), ['test/chaos/checker.test.ts:12-14']);
  t.deepEqual(filesOf('./test/chaos/checker.test.ts', FILES), [FILES[0]]);
  t.deepEqual(select(['storage', 'journal'], FILES), { files: FILES.slice(3) }, 'each once');
  t.deepEqual(select([], FILES), { files: FILES });
  t.deepEqual(select(['chaos', 'nowhere'], FILES), { unknown: ['nowhere'] });
});

test("AVA's options are no areas, and neither are their values", (t) => {
  t.deepEqual(parseArguments(['--match', 'I2 *', 'readers', '-v', '--timeout=2m']), {
    options: ['--match', 'I2 *', '-v', '--timeout=2m'],
    words: ['readers'],
  });
});

test('an area that does not exist ends the run before anything starts', (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'test.ts'), 'no-such-area'], {
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.is(stdout, '');
  t.regex(stderr, /^no test is at, below or named no-such-area; areas are actors, .*storage/);
});

test('imports are read in each form in which they are written', (t) => {
  const text = [
    "import 'one';",
    "import type { A } from './types.ts';",
    'import {',
    '  b,',
    '  type C,',
    "} from '../b/b.ts';",
    "export * from './all.ts';",
    "export const text = 'no import';",
    "const d = await import('@scope/pack/deep');",
    "new Worker(new URL('./worker.ts', import.meta.url));",
    "// import { e } from './comment.ts';",
  ].join('\n');
  t.deepEqual(importsOf('src/a/a.ts', text), [
    { to: 'one', typesOnly: false },
    { to: 'src/a/types.ts', typesOnly: true },
    { to: 'src/b/b.ts', typesOnly: false },
    { to: 'src/a/all.ts', typesOnly: false },
    { to: '@scope/pack', typesOnly: false },
    { to: 'src/a/worker.ts', typesOnly: false },
  ]);
});

test('a test is quick when nothing that runs in it reaches a service, a browser or a process', (t) => {
  const root = folder(t);
  const planted = {
    'test/logic.test.ts': "import { pure } from '../src/pure.ts';\nimport type { Pool } from '../src/pool.ts';\n",
    'test/far.test.ts': "import { helper } from './support/helper.ts';\n",
    'test/lazy.test.ts': "const { pool } = await import('../src/pool.ts');\n",
    'test/page.test.ts': "import { chromium } from 'playwright-core';\n",
    'test/support/helper.ts': "import { spawn } from 'node:child_process';\n",
    'src/pure.ts': "import type pg from 'pg';\n",
    'src/pool.ts': "import pg from 'pg';\n",
  };
  for (const [file, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  t.deepEqual(quickFiles(root, testFiles(root)), ['test/logic.test.ts']);
});

test('of the real tests logic is quick, and whatever has a service is not', (t) => {
  const all = testFiles(ROOT);
  const quick = quickFiles(ROOT, all);
  for (const file of ['test/lib/fair-queue.test.ts', 'test/content/html/xss.test.ts'])
    t.true(quick.includes(file), file);
  for (const area of ['browser', 'embedded', 'cli', 'storage/postgres/accounts', 'cluster/redis/redis']) {
    const files = filesOf(area, all);
    t.true(files.length > 0, area);
    t.deepEqual(quickFiles(ROOT, files), [], area);
  }
});

test('every file that is named as one of the longest is there, once', (t) => {
  const all = testFiles(ROOT);
  for (const name of LONGEST) t.true(all.includes(`test/${name}.test.ts`), name);
  t.is(new Set(LONGEST).size, LONGEST.length);
});
