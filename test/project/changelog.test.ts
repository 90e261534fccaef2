/** CHANGELOG.md has the form of Keep a Changelog 1.1, and its versions are the tags of the repository. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ROOT } from '../support/root.ts';

const page = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
const VERSION = /^\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)$/;

/** What is wrong with a changelog's form, given the tags that there are. */
function faultsOf(text: string, tags: readonly string[]): string[] {
  const [first, ...releases] = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
  const faults = first === '[Unreleased]' ? [] : ['[Unreleased] is not on top'];
  const versions = releases.map((heading) => VERSION.exec(heading));
  for (const [at, version] of versions.entries()) {
    if (!version) faults.push(`${releases[at]} is not a version with its date`);
    else if (!tags.includes(`v${version.slice(1, 4).join('.')}`)) faults.push(`${releases[at]} has no tag`);
  }
  const released = new Set(versions.map((version) => `v${version?.slice(1, 4).join('.')}`));
  for (const tag of tags) if (!released.has(tag)) faults.push(`${tag} has no section`);
  const numbers = versions.flatMap((version) => (version ? [version.slice(1, 4).map(Number)] : []));
  const newestFirst = numbers.toSorted(
    (a, b) => (b[0] ?? 0) - (a[0] ?? 0) || (b[1] ?? 0) - (a[1] ?? 0) || (b[2] ?? 0) - (a[2] ?? 0),
  );
  if (String(newestFirst) !== String(numbers)) faults.push('the newest version is not on top');
  for (const [, kind = ''] of text.matchAll(/^### (.*)$/gm))
    if (!KINDS.includes(kind)) faults.push(`${kind} is no kind of change`);
  return faults;
}

test('the changelog has its form, and a section for each tag', (t) => {
  const tags = execFileSync('git', ['tag', '--list', 'v*'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  t.deepEqual(
    faultsOf(
      page,
      tags.filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag)),
    ),
    [],
  );
});

test('another form is found', (t) => {
  const good = '## [Unreleased]\n\n### Added\n\n## [1.10.0] - 2027-01-02\n\n## [1.9.0] - 2026-12-01\n\n### Fixed\n';
  const tags = ['v1.9.0', 'v1.10.0'];
  t.deepEqual(faultsOf(good, tags), []);
  t.deepEqual(faultsOf(good.replace('[Unreleased]', '[1.11.0] - 2027-02-01'), tags), ['[Unreleased] is not on top']);
  t.deepEqual(faultsOf(good, ['v1.9.0']), ['[1.10.0] - 2027-01-02 has no tag']);
  t.deepEqual(faultsOf(good, [...tags, 'v1.8.0']), ['v1.8.0 has no section']);
  t.deepEqual(faultsOf(good.replace('1.10.0', '1.8.0'), ['v1.8.0', 'v1.9.0']), ['the newest version is not on top']);
  t.deepEqual(faultsOf(good.replace('### Fixed', '### Repaired'), tags), ['Repaired is no kind of change']);
  t.deepEqual(faultsOf(good.replace(' - 2026-12-01', ''), ['v1.10.0']), ['[1.9.0] is not a version with its date']);
});
