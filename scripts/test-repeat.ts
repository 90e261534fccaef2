// `npm run test:repeat -- --times N [--busy K] [--results FILE] [FILES]`: the tests N times over, or some files, with K busy loops
// beside them. Results are kept in a file, and beside it all that a run printed which was not green; called again with the same
// words on the same commit it goes on where it was cut off. Prints a table of failures and the slowest tests; exit code 0 when
// every run was green.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runAva } from './test/ava.ts';
import { outcomesOf, saysFailure } from './test/report.ts';
import { isGreen, makeRun, openRuns, type Run, summary } from './test/runs.ts';
import { needsBrowser, select, testFiles } from './test/select.ts';
import { startServices } from './test/services.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const USAGE = 'usage: npm run test:repeat -- --times N [--busy K] [--results FILE] [FILES]\n';

interface Wanted {
  readonly times: number;
  readonly of: Run['of'];
  readonly results: string;
}

const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim();

function wantedOf(argv: readonly string[]): Wanted | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      times: { type: 'string', default: '10' },
      busy: { type: 'string', default: '0' },
      results: { type: 'string', default: join(root, '.stet', 'test-repeat.jsonl') },
    },
  });
  const [times, busy] = [Number(values.times), Number(values.busy)];
  if (!Number.isInteger(times) || times < 1 || !Number.isInteger(busy) || busy < 0) return undefined;
  const changed = git('status', '--porcelain') === '' ? '' : ' and changes';
  return {
    times,
    of: { commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`, args: positionals, busy },
    results: values.results,
  };
}

/** Does nothing, as fast as it can, until whoever started it is gone, in whatever way. */
const LOOP = `process.stdin.resume().on('end', () => process.exit());
  (function again() { for (let n = 0; n < 1e6; n += 1); setImmediate(again); })();`;

/** Processes that do nothing, as fast as they can, until they are stopped. */
function keepBusy(count: number): () => void {
  const loops = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', LOOP], { stdio: ['pipe', 'ignore', 'ignore'] }),
  );
  return () => {
    for (const loop of loops) loop.kill('SIGKILL');
  };
}

async function runOnce({ of, results }: Wanted): Promise<Run> {
  const at = new Date();
  const begun = performance.now();
  const all = testFiles(root);
  const selected = select(of.args, all);
  const files = 'files' in selected ? selected.files : all;
  const services = await startServices({ browser: needsBrowser(root, files) });
  const lines: string[] = [];
  const code = await runAva({
    root,
    args: of.args,
    env: services.env,
    onLine(line) {
      lines.push(line);
      if (saysFailure(line)) console.log(line);
    },
  });
  await services.stop();
  const outcomes = outcomesOf(lines);
  // What the lines do not show must not count as green.
  if (code !== 0 && outcomes.every(({ passed }) => passed)) {
    outcomes.push({ title: 'the test run itself', passed: false, ms: 0, message: `exit code ${code}` });
  }
  const run = makeRun(of, at, Math.round(performance.now() - begun), outcomes);
  if (!isGreen(run)) {
    const kept = `${results}.${at.toISOString().replaceAll(':', '')}.log`;
    writeFileSync(kept, `${lines.join('\n')}\n`);
    console.log(`output: ${kept}`);
  }
  return run;
}

async function main(argv: readonly string[]): Promise<number> {
  const wanted = wantedOf(argv);
  if (!wanted) {
    process.stderr.write(USAGE);
    return 2;
  }
  const runs = openRuns(wanted.results);
  const stopLoops = keepBusy(wanted.of.busy);
  process.on('exit', stopLoops);
  for (let done = runs.like(wanted.of).length; done < wanted.times; done += 1) {
    const run = await runOnce(wanted);
    runs.add(run);
    console.log(
      `run ${done + 1} of ${wanted.times}: ${run.passed} passed, ${run.failures.length} failed, ${(run.tookMs / 1_000).toFixed(0)} s`,
    );
  }
  stopLoops();
  const all = runs.like(wanted.of);
  console.log(`\n${summary(all)}`);
  return all.every(isGreen) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
