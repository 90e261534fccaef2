// An error that nobody catches, in a test that passes, fails the run of the suite.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createReportReader } from '../../scripts/test/report.ts';
import { folder } from '../support/helpers.ts';
import { ROOT } from '../support/root.ts';

const PLANTED = {
  'an error in an event handler': `setImmediate(() => { throw new Error('planted'); });`,
  'a rejection that nobody handles': `void Promise.reject(new Error('planted'));`,
  'nothing at all': '',
};

for (const [what, code] of Object.entries(PLANTED)) {
  test(`${what} in a test that passes: the run ${code === '' ? 'passes' : 'fails'}`, (t) => {
    t.timeout(120_000);
    const project = folder(t);
    mkdirSync(join(project, 'test'));
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    copyFileSync(join(ROOT, 'ava.config.js'), join(project, 'ava.config.js'));
    // The configuration loads a file from there.
    symlinkSync(join(ROOT, 'test', 'support'), join(project, 'test', 'support'));
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'planted', type: 'module' }));
    writeFileSync(
      join(project, 'test', 'planted.test.ts'),
      `import test from 'ava';
test('passes', async (t) => {
  ${code}
  await new Promise((resolve) => setImmediate(resolve));
  t.pass();
});
`,
    );
    const { AVA_PATH: _, ...env } = process.env;
    const run = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'ava', 'entrypoints', 'cli.mjs')], {
      cwd: project,
      env: { ...env, CI: 'true', FORCE_COLOR: '0' },
      encoding: 'utf8',
    });
    const reader = createReportReader();
    for (const line of run.stdout.split('\n')) reader.read(line);
    const said = run.stdout + run.stderr;
    if (code === '') {
      t.is(run.status, 0, said);
      t.deepEqual(reader.counts, { passed: 1, failed: 0, skipped: 0 }, said);
      return;
    }
    t.not(run.status, 0, said);
    t.true(reader.counts.failed > 0, said);
    t.regex(said, /planted/);
  });
}
