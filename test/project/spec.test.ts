// docs/SPEC.md and the titles of the tests use the same ids.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sourceFiles } from '../../scripts/imports/imports.ts';
import { ROOT } from '../support/root.ts';

/** A string that begins with ids, also behind `uws: ` or `${kind}: `. */
const TITLE = /(['"`])(?:(?:\$\{[^}]*\}|[\w-]+): )?((?:[A-Z]+\d+ )+)(?=\S)/g;
const ROW = /^\| ([A-Z]+\d+) \| (.*) \|$/gm;

/** The ids that titles of a file begin with. */
const idsIn = (text: string): string[] =>
  [...text.matchAll(TITLE)].flatMap(([, , ids = '']) => ids.trimEnd().split(' '));

const rows = [...readFileSync(join(ROOT, 'docs', 'SPEC.md'), 'utf8').matchAll(ROW)];
const defined = rows.map(([, id = '']) => id);
const used = new Map<string, string>();
for (const file of sourceFiles(ROOT, ['test']).filter((one) => /\.test\.ts$|^test\/contracts\//.test(one))) {
  for (const id of idsIn(readFileSync(join(ROOT, file), 'utf8'))) used.set(id, file);
}

test('every id that a title begins with is defined', (t) => {
  const unknown = [...used].filter(([id]) => !defined.includes(id)).map(([id, file]) => `${id} in ${file}`);
  t.deepEqual(unknown, []);
});

test('every id that is defined is used by a title, and defined once, in one sentence', (t) => {
  t.deepEqual(
    defined.filter((id) => !used.has(id)),
    [],
  );
  t.is(new Set(defined).size, defined.length, 'each once');
  for (const [, id, rule] of rows) t.regex(rule ?? '', /^[A-Z][^|]*\.$/, id);
});

test('ids are found in each form in which titles are written', (t) => {
  const [begin, name, end] = ["test('", '`$', '`, (t)'];
  const titles = [
    `${begin}ONE1 a rule', (t) => {`,
    `test(${name}{kind}: TWO2 a rule of each kind${end}`,
    `${begin}node: THREE3 FOUR4 two rules of one kind', (t)`,
    `${begin}GET answers, and so does 'a quoted word' at 5', (t)`,
    `withPair(${'"'}FIVE5 somebody's", async (t)`,
  ];
  t.deepEqual(titles.map(idsIn), [['ONE1'], ['TWO2'], ['THREE3', 'FOUR4'], [], ['FIVE5']]);
});
