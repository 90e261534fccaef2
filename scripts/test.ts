// The tests, against one real PostgreSQL, one real Redis and one real Chromium:
//   npm test                       types, lint, dead code, then every test
//   npm test -- readers widget     the tests of some areas, without those checks: folders or names below test/, or files
//   npm run test:quick [-- AREAS]  the checks, and the tests that need no service, no browser and no process (test/select.ts)
// AVA's options may follow. The last line on stdout is `N passed, N failed`, alone on its line; each check that fails counts as a
// failure, and so does a crash of AVA or a run without tests. Words that mean no test end with exit code 2 before anything starts.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAva, testEnvironment } from './test/ava.ts';
import { type Programs, runChecks } from './test/checks.ts';
import { createReportReader } from './test/report.ts';
import { areas, needsBrowser, parseArguments, quickFiles, select, testFiles } from './test/select.ts';
import { type Services, startServices } from './test/services.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const programs: Programs = { root, binaries: join(root, 'node_modules', '.bin'), env: testEnvironment(root) };
const NO_SERVICES: Services = { env: {}, stop: async () => undefined };

/** What a run does. */
interface Plan {
  readonly checks: boolean;
  readonly services: boolean;
  readonly files: readonly string[];
  readonly options: readonly string[];
}

/** @returns the plan, or why there is none */
function planOf(argv: readonly string[]): Plan | string {
  const quick = argv.includes('--quick');
  const { options, words } = parseArguments(argv.filter((one) => one !== '--quick'));
  const all = testFiles(root);
  const selected = select(words, all);
  if ('unknown' in selected) {
    return `no test is at, below or named ${selected.unknown.join(', ')}; areas are ${areas(all).join(', ')}`;
  }
  const quickOnes = quickFiles(root, selected.files);
  if (quick && quickOnes.length === 0)
    return `no test of ${words.join(', ')} is quick: run npm test -- ${words.join(' ')}`;
  return {
    checks: quick || words.length === 0,
    services: !quick && quickOnes.length < selected.files.length,
    files: quick ? quickOnes : selected.files,
    options,
  };
}

async function runTests(services: Services, args: readonly string[]): Promise<{ passed: number; failed: number }> {
  const reader = createReportReader();
  const code = await runAva({
    root,
    args,
    env: services.env,
    onLine(line) {
      const shown = reader.read(line);
      if (shown !== undefined) console.log(shown);
    },
  });
  const { passed, failed, skipped } = reader.counts;
  if (skipped > 0) console.log(`${skipped} skipped`);
  if (failed === 0 && (code !== 0 || passed === 0)) {
    console.log(`  FAILED  the test run itself (exit code ${code}, ${passed} tests)`);
    return { passed, failed: 1 };
  }
  return { passed, failed };
}

async function main(argv: readonly string[]): Promise<number> {
  const plan = planOf(argv);
  if (typeof plan === 'string') {
    console.error(plan);
    return 2;
  }
  const services = plan.services
    ? startServices({ browser: needsBrowser(root, plan.files) })
    : Promise.resolve(NO_SERVICES);
  // A Ctrl-C reaches AVA as well; its end brings us to the clean-up below.
  process.on('SIGINT', () => undefined);
  const failedChecks = plan.checks ? await runChecks(programs) : 0;
  const running = await services;
  const tests = await runTests(running, [...plan.options, ...plan.files]);
  await running.stop();
  const failed = failedChecks + tests.failed;
  // Nothing may come after this line.
  await new Promise((resolve) => process.stdout.write(`${tests.passed} passed, ${failed} failed\n`, resolve));
  return failed === 0 ? 0 : 1;
}

// Whatever a service that does not stop has left open.
process.exit(await main(process.argv.slice(2)));
