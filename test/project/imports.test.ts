// Who may import whom (scripts/imports/rules.ts): each rule is shown to refuse a planted fault, the source has none, and the map of
// ARCHITECTURE.md is that of the rules.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { violations } from '../../scripts/imports/check.ts';
import { graph, table, withMap } from '../../scripts/imports/map.ts';
import { DRIVERS, PARTS } from '../../scripts/imports/rules.ts';
import { folder } from '../support/helpers.ts';
import { ROOT } from '../support/root.ts';

/** A project with files that import one thing each. */
function planted(t: ExecutionContext, imports: Readonly<Record<string, string>>): string[] {
  const root = folder(t);
  for (const [file, to] of Object.entries(imports)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    const specifier = to.includes('/') && to.endsWith('.ts') ? posix.relative(dirname(file), to) : to;
    const from = specifier.startsWith('.') || specifier === to ? specifier : `./${specifier}`;
    writeFileSync(join(root, file), `import type { Any } from '${from}';\nexport type Other = Any;\n`);
  }
  return violations(root);
}

/** A file of each part, and an import that it must not have. */
const FAULTS: Readonly<Record<string, string>> = {
  'schemas/planted.ts': 'src/lib/clock.ts',
  'src/lib/planted.ts': 'schemas/errors.ts',
  'src/messages/planted.ts': 'schemas/errors.ts',
  'src/messages/en/planted.ts': 'src/messages/languages.ts',
  'src/content/planted.ts': 'src/ports/journal.ts',
  'src/ports/planted.ts': 'src/actors/user/users.ts',
  'src/actors/document/planted.ts': 'src/gateway/access/site.ts',
  'src/actors/user/planted.ts': 'ioredis',
  'src/publishing/planted.ts': 'src/storage/postgres/orm.ts',
  'src/published/planted.ts': 'src/gateway/access/site.ts',
  'src/webhooks/planted.ts': 'src/publishing/revisions.ts',
  'src/gateway/planted.ts': 'src/storage/postgres/orm.ts',
  'src/gateway/access/planted.ts': 'src/gateway/listener/listener.ts',
  'src/gateway/listener/planted.ts': 'src/gateway/http/problem.ts',
  'src/gateway/http/planted.ts': 'src/gateway/api/kernel/app.ts',
  'src/gateway/ops/planted.ts': 'src/gateway/app/pages.ts',
  'src/gateway/app/planted.ts': 'src/gateway/readers/pages/site.ts',
  'src/gateway/widget/planted.ts': 'src/gateway/authors/rooms.ts',
  'src/gateway/sdk/planted.ts': 'src/gateway/widget/scripts.ts',
  'src/gateway/authors/planted.ts': 'src/gateway/yjs/session.ts',
  'src/gateway/yjs/planted.ts': 'pg',
  'src/gateway/readers/pages/planted.ts': 'src/gateway/widget/endpoint.ts',
  'src/gateway/api/planted.ts': 'src/node/settings.ts',
  'src/gateway/api/kernel/planted.ts': 'src/gateway/api/operations/drafts.ts',
  'src/gateway/api/content/planted.ts': 'src/gateway/api/streams/streams.ts',
  'src/gateway/api/reference/planted.ts': 'src/gateway/api/content/reading.ts',
  'src/gateway/api/streams/planted.ts': 'src/gateway/api/operations/drafts.ts',
  'src/gateway/api/operations/planted.ts': 'src/gateway/api/operations.ts',
  'migrations/planted.ts': 'src/storage/postgres/orm.ts',
  'src/storage/postgres/journal/planted.ts': 'src/actors/user/users.ts',
  'src/cluster/redis/planted.ts': 'src/storage/postgres/orm.ts',
  'src/config/planted.ts': 'src/ports/journal.ts',
  'src/embedded/planted.ts': 'src/config/config.ts',
  'src/node/planted.ts': 'src/cli/doctor.ts',
  'src/main.ts': 'src/cli/main.ts',
  'src/cli/planted.ts': 'src/clients/editor/index.ts',
  'bin/planted.ts': 'src/main.ts',
  'src/clients/editor/planted.ts': 'src/gateway/access/site.ts',
  'src/clients/pages/planted.ts': 'src/messages/languages.ts',
  'src/messages/widget.ts': 'src/content/model/types.ts',
};
/** Parts that are files. */
const PART_FILES = ['src/main.ts', 'src/messages/widget.ts'];

test('a part that imports what its rule does not name is refused', (t) => {
  const found = planted(t, FAULTS);
  for (const [file, to] of Object.entries(FAULTS)) {
    t.true(
      found.some((one) => one.startsWith(`${file} imports ${to}`)),
      `${file} imports ${to}`,
    );
  }
  const withFault = Object.keys(FAULTS).map((file) => (PART_FILES.includes(file) ? file : dirname(file)));
  for (const { path } of PARTS)
    t.true(
      withFault.some((one) => one === path || one.startsWith(`${path}/`)),
      path,
    );
});

test('a driver is refused outside of the parts that it is for', (t) => {
  const found = planted(t, Object.fromEntries(Object.keys(DRIVERS).map((name, at) => [`src/actors/a${at}.ts`, name])));
  t.is(found.length, Object.keys(DRIVERS).length, found.join('\n'));
});

test('a folder that has no rule is refused', (t) => {
  t.deepEqual(planted(t, { 'src/new-folder/planted.ts': 'src/lib/clock.ts' }), [
    'src/new-folder/planted.ts belongs to no part: give its folder a rule',
  ]);
});

test('folders that import each other are refused, over others too, and a folder and its own are one', (t) => {
  const two = planted(t, {
    'src/storage/a/one.ts': 'src/storage/b/two.ts',
    'src/storage/b/deep/three.ts': 'src/storage/a/one.ts',
  });
  t.is(two.length, 1);
  t.regex(
    two[0] ?? '',
    /^a circle of folders in src\/storage: .*one\.ts imports .*two\.ts; .*three\.ts imports .*one\.ts$/,
  );
  const three = planted(t, {
    'src/content/a/a.ts': 'src/content/b/b.ts',
    'src/content/b/b.ts': 'src/content/c/c.ts',
    'src/content/c/c.ts': 'src/content/a/other.ts',
    'test/support/planted.ts': 'test/contracts/planted.ts',
    'test/contracts/planted.ts': 'test/support/planted.ts',
  });
  t.deepEqual(three.map((one) => one.split(':')[0]).toSorted(), [
    'a circle of folders in src/content',
    'a circle of folders in test',
  ]);
  const one = { 'src/content/a.ts': 'src/content/deep/b.ts', 'src/content/deep/b.ts': 'src/content/c.ts' };
  t.deepEqual(planted(t, one), []);
});

test('the source keeps the rules', (t) => {
  t.deepEqual(violations(ROOT), []);
});

test('the map in ARCHITECTURE.md is drawn from the rules as they are', (t) => {
  const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  t.true(page === withMap(page), 'run node scripts/imports.ts --write');
});

test('the map shows each part once, and each arrow that does not follow from others', (t) => {
  const parts = [
    { path: 'src/low', imports: [] },
    { path: 'src/middle', imports: ['src/low'] },
    { path: 'src/high', imports: ['src/low', 'src/middle'] },
    { path: 'src/high/inner', imports: [] },
  ];
  t.is(
    graph(parts),
    [
      '```mermaid',
      'graph TD',
      '  low["low"]',
      '  middle["middle"]',
      '  subgraph high["high"]',
      '    high_inner["high/inner"]',
      '  end',
      '  middle --> low',
      '  high --> middle',
      '```',
    ].join('\n'),
  );
  t.true(table(parts).endsWith('| `high` | `low`, `middle` |  |\n| `high/inner` | what `high` may |  |'));
});
