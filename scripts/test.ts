// `npm test`: types, lint, then every test against one real PostgreSQL and one real Redis. Test files and AVA's options
// may follow: `npm test -- test/project/setup.test.ts`. The last line on stdout is `N passed, N failed`, alone on its line;
// each step that fails counts as a failure, and so does a crash of AVA or a run without tests.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Services, startServices } from './test/services.ts';
import { createTapReader } from './test/tap.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(root, 'node_modules', '.bin');
const env = { ...process.env, PATH: `${binaries}:${process.env.PATH ?? ''}`, FORCE_COLOR: '0' };

/** The checks before the tests; each is silent when it passes. */
const CHECKS = [
  { name: 'types', program: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of the clients', program: 'tsc', args: ['-p', 'src/clients/tsconfig.json'] },
  { name: 'lint', program: 'biome', args: ['check', '--colors=off'] },
  { name: 'dead code', program: 'knip', args: ['--no-progress'] },
];

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function capture(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(join(binaries, program), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const listen = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.on('error', (error) => resolve({ code: null, output: `${error.message}\n` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Runs the checks one after the other; returns how many failed. */
async function runChecks(): Promise<number> {
  let failed = 0;
  for (const { name, program, args } of CHECKS) {
    const { code, output } = await capture(program, args);
    if (code !== 0) failed++;
    console.log(code === 0 ? `  ok  ${name}` : `  FAILED  ${name}\n${output}`);
  }
  return failed;
}

async function runAva(services: Services, args: readonly string[]): Promise<{ passed: number; failed: number }> {
  const reader = createTapReader();
  const ava = spawn(join(binaries, 'ava'), ['--tap', ...args], {
    cwd: root,
    env: { ...env, ...services.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => {
    ava.on('error', () => resolve(null));
    ava.on('close', resolve);
  });
  for await (const line of createInterface({ input: ava.stdout })) {
    const shown = reader.read(line);
    if (shown !== undefined) console.log(shown);
  }
  const code = await ended;
  const { passed, failed, skipped } = reader.counts;
  if (skipped > 0) console.log(`${skipped} skipped`);
  if (failed === 0 && (code !== 0 || passed === 0)) {
    console.log(`  FAILED  the test run itself (exit code ${code}, ${passed} tests)`);
    return { passed, failed: 1 };
  }
  return { passed, failed };
}

async function main(args: readonly string[]): Promise<number> {
  const services = startServices();
  // A Ctrl-C reaches AVA as well; its end brings us to the clean-up below.
  process.on('SIGINT', () => undefined);
  const failedChecks = await runChecks();
  const running = await services;
  const tests = await runAva(running, args);
  await running.stop();
  const failed = failedChecks + tests.failed;
  // Nothing may come after this line.
  await new Promise((resolve) => process.stdout.write(`${tests.passed} passed, ${failed} failed\n`, resolve));
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
