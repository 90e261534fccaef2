// The checks of the code before its tests: each is silent when it passes. Does not know: the tests.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const CHECKS = [
  { name: 'types', program: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of the clients', program: 'tsc', args: ['-p', 'src/clients/tsconfig.json'] },
  { name: 'lint', program: 'biome', args: ['check', '--colors=off'] },
  { name: 'imports', program: 'node', args: ['scripts/imports.ts'] },
  { name: 'dead code', program: 'knip', args: ['--no-progress'] },
];

/** Where the programs are, and with which environment they run. */
export interface Programs {
  readonly root: string;
  readonly binaries: string;
  readonly env: NodeJS.ProcessEnv;
}

function capture({ root, binaries, env }: Programs, program: string, args: readonly string[]) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
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
export async function runChecks(programs: Programs): Promise<number> {
  let failed = 0;
  for (const { name, program, args } of CHECKS) {
    const { code, output } = await capture(programs, program, args);
    if (code !== 0) failed++;
    console.log(code === 0 ? `  ok  ${name}` : `  FAILED  ${name}\n${output}`);
  }
  return failed;
}
