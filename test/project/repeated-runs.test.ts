// What repeated runs of the tests come to: no server is needed for these.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createReportReader, outcomesOf, saysFailure } from '../../scripts/test/report.ts';
import { isGreen, makeRun, openRuns, summary } from '../../scripts/test/runs.ts';
import { folder } from '../support/helpers.ts';

const OUTPUT = [
  '',
  '  ✔ a › quick',
  '  ✔ a › takes (1) time (1m 12.5s)',
  '  ✘ [fail]: b › does not hold Rejected promise returned by test',
  '  ✘ [fail]: b › says nothing',
  '  - [skip] b › later',
  '  ◌ c › hangs',
  '  ✘ test/d.test.ts exited with a non-zero exit code: 1',
  '  ─',
  '',
  '  b › does not hold',
  '',
  '  test/b.test.ts:12',
  '',
  '  b › says nothing',
];

test('every line that is a test is one outcome, with its title, time and message', (t) => {
  t.deepEqual(outcomesOf(OUTPUT), [
    { title: 'a › quick', passed: true, ms: 0 },
    { title: 'a › takes (1) time', passed: true, ms: 72_500 },
    { title: 'b › does not hold', passed: false, ms: 0, message: 'Rejected promise returned by test' },
    { title: 'b › says nothing', passed: false, ms: 0, message: '' },
    { title: 'c › hangs', passed: false, ms: 0, message: 'never ended' },
    { title: '✘ test/d.test.ts exited with a non-zero exit code: 1', passed: false, ms: 0 },
  ]);
  t.is(OUTPUT.filter(saysFailure).length, 4);
});

test('only a passed test counts as passed, and what explains a failure is shown', (t) => {
  const reader = createReportReader();
  const shown = OUTPUT.map((line) => reader.read(line)).filter((line) => line !== undefined);
  t.deepEqual(reader.counts, { passed: 2, failed: 4, skipped: 1 });
  t.true(shown.includes('  ok  a › takes (1) time'));
  t.true(shown.some((line) => line.includes('test/b.test.ts:12')));
});

test('runs of one kind are continued, and one that was cut off counts for nothing', (t) => {
  const file = join(folder(t), 'results', 'runs.jsonl');
  const runs = openRuns(file);
  const of = { commit: 'abc', args: ['test/a.test.ts'], busy: 2 };
  t.deepEqual(runs.like(of), []);
  const red = makeRun(of, new Date(0), 5_000, outcomesOf(OUTPUT));
  const green = makeRun(of, new Date(0), 7_000, [{ title: 'a › quick', passed: true, ms: 150 }]);
  runs.add(red);
  runs.add(makeRun({ ...of, busy: 0 }, new Date(0), 1_000, []));
  runs.add(green);
  appendFileSync(file, '{"of":{"commit":"abc"');
  t.deepEqual(openRuns(file).like(of), [red, green]);
  openRuns(file).add(green);
  t.deepEqual(openRuns(file).like(of), [red, green, green]);
  t.deepEqual([red, green].map(isGreen), [false, true]);
  t.false(isGreen(makeRun(of, new Date(0), 1, [])), 'a run without tests is not green');
  const text = summary([red, green]);
  t.true(text.startsWith('1 of 2 runs green'));
  t.regex(text, /\| b › does not hold \| 1 \| Rejected promise returned by test \|/);
  t.regex(text, /\| a › takes \(1\) time \| 72\.5 \|/);
});
