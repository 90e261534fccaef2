// The rules on files that import each other (biome.json) and on dead code (knip.json): each is shown to refuse a planted fault.
// `npm test` checks the source itself for both before the tests. Which part may import which is in imports.test.ts.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ROOT } from '../support/root.ts';

const RULES = ['--only=suspicious/noImportCycles'];

function lint(folder: string, paths: readonly string[]): { ok: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, 'node_modules', '.bin', 'biome'),
    ['lint', '--colors=off', '--max-diagnostics=none', ...RULES, ...paths],
    { cwd: folder, encoding: 'utf8' },
  );
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

test('files that import each other are refused, types included', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'stet-imports-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  for (const [file, other] of [
    ['one', 'other'],
    ['other', 'one'],
  ]) {
    writeFileSync(
      join(folder, `${file}.ts`),
      `import type { ${other} } from './${other}.ts';\nexport type ${file} = ${other} | 1;\n`,
    );
  }
  const { ok, output } = lint(folder, ['.']);
  t.false(ok);
  t.regex(output, /one\.ts[^\n]*noImportCycles/);
});

test('what nobody uses is refused: a file, an export, a dependency', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'stet-dead-code-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(ROOT, 'knip.json'), join(folder, 'knip.json'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "dependencies": { "nobody-uses-it": "1.0.0" } }');
  writeFileSync(join(folder, 'src', 'main.ts'), "import { used } from './parts.ts';\nused();\n");
  writeFileSync(join(folder, 'src', 'parts.ts'), 'export const used = () => 1;\nexport const dead = 2;\n');
  writeFileSync(join(folder, 'src', 'orphan.ts'), 'export const alone = 3;\n');
  const knip = join(ROOT, 'node_modules', '.bin', 'knip');
  const { status, stdout } = spawnSync(knip, ['--no-progress'], { cwd: folder, encoding: 'utf8' });
  t.not(status, 0);
  for (const fault of ['src/orphan.ts', 'dead ', 'nobody-uses-it']) t.true(stdout.includes(fault), stdout);
});
