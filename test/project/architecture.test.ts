// The rules on who imports whom (biome.json) and on dead code (knip.json): each is shown to refuse a planted fault. The source
// itself has none; `npm test` asks for dead code before the tests.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { ROOT } from '../support/root.ts';

const RULES = ['--only=suspicious/noImportCycles', '--only=style/noRestrictedImports'];

function lint(folder: string, paths: readonly string[]): { ok: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, 'node_modules', '.bin', 'biome'),
    ['lint', '--colors=off', '--max-diagnostics=none', ...RULES, ...paths],
    { cwd: folder, encoding: 'utf8' },
  );
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

/** A file of each part, and an import that it must not have. */
const PLANTED: Readonly<Record<string, string>> = {
  'schemas/planted.ts': '../src/main.ts',
  'src/content/planted.ts': '../storage/postgres/orm.ts',
  'src/lib/planted.ts': '../gateway/access/site.ts',
  'src/ports/planted.ts': '../storage/postgres/orm.ts',
  'src/actors/document/planted.ts': '../../gateway/access/site.ts',
  'src/actors/user/planted.ts': 'ioredis',
  'src/cluster/redis/planted.ts': '../../storage/postgres/orm.ts',
  'src/storage/postgres/journal/planted.ts': '../../../actors/user/users.ts',
  'src/storage/postgres/audit/planted.ts': '../../../webhooks/sender.ts',
  'src/published/planted.ts': '../gateway/access/site.ts',
  'src/publishing/planted.ts': '../storage/postgres/orm.ts',
  'src/webhooks/planted.ts': '../storage/postgres/webhooks/queue.ts',
  'src/published/cached.ts': '../cluster/local.ts',
  'src/gateway/readers/planted.ts': '../../storage/postgres/orm.ts',
  'src/gateway/authors/planted.ts': '../../cluster/redis/connect.ts',
  'src/gateway/api/operations/planted.ts': '../../../storage/postgres/webhooks/webhooks.ts',
  'src/gateway/api/planted.ts': '../../node/settings.ts',
  'src/gateway/api/streams/planted.ts': '../../../storage/postgres/orm.ts',
  'src/gateway/api/kernel/planted.ts': '../operations/drafts.ts',
  'src/gateway/api/reference/planted.ts': '../operations.ts',
  'src/gateway/yjs/planted.ts': 'pg',
  'src/clients/editor/planted.ts': '../../gateway/access/site.ts',
};

test('a part that imports what lies outside of it is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'stet-imports-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  for (const [file, imported] of Object.entries(PLANTED)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import type { Any } from '${imported}';\nexport type Other = Any;\n`);
  }
  const { output } = lint(folder, ['src', 'schemas']);
  for (const file of Object.keys(PLANTED)) t.true(output.includes(`${file}:1:`), `${file}: ${output}`);
});

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

test('the source keeps the rules', (t) => {
  const { ok, output } = lint(ROOT, ['src', 'schemas', 'migrations']);
  t.true(ok, output);
});
