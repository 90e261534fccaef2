// A file that hangs ends the run of the suite as a failure that names it, also where AVA stopped measuring.
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runAva } from '../../scripts/test/ava.ts';
import { createReportReader } from '../../scripts/test/report.ts';
import { folder } from '../support/helpers.ts';
import { ROOT } from '../support/root.ts';

const PASSES = `import test from 'ava'; test('passes', (t) => t.pass());`;
/** Its test passes, its process stays, and it asked for more time than AVA's own timeout. */
const STAYS = `import test from 'ava';
test('stays', (t) => { t.timeout(3_600_000); t.pass(); setInterval(() => undefined, 1_000); });`;

test('a file that hangs is killed, named and failed, and the others have run', async (t) => {
  t.timeout(120_000);
  const root = folder(t);
  mkdirSync(join(root, 'test'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  copyFileSync(join(ROOT, 'ava.config.js'), join(root, 'ava.config.js'));
  symlinkSync(join(ROOT, 'test', 'support'), join(root, 'test', 'support'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'hanging', type: 'module' }));
  writeFileSync(join(root, 'test', 'passes.test.ts'), PASSES);
  writeFileSync(join(root, 'test', 'stays.test.ts'), STAYS);
  const reader = createReportReader();
  const shown: string[] = [];
  const code = await runAva({
    root,
    args: [],
    env: {},
    silenceMs: 15_000,
    onLine: (line) => shown.push(reader.read(line) ?? ''),
  });
  t.is(code, 1, shown.join('\n'));
  t.is(reader.counts.passed, 2);
  t.true(reader.counts.failed > 0);
  t.regex(shown.join('\n'), /FAILED {2}✘ \[fail\]: hangs › nothing printed for 15 s: test stays/);
});
