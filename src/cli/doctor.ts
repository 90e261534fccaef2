// `stet doctor`: checks this machine and the configuration. Prints one line for each check, and how to fix what it found.
// Only reads: it starts nothing, changes nothing and prints no secrets. Does not know how the server is composed.
// Exit code: 0 if Stet can run (notes are allowed), 1 if something must be fixed first.
import { checkAddresses } from './doctor/addresses.ts';
import { type Finding, problem, reason } from './doctor/finding.ts';
import {
  checkCores,
  checkGlibc,
  checkListener,
  checkMemory,
  checkNode,
  checkOpenFiles,
  checkPages,
  checkPort,
  checkVersion,
} from './doctor/host.ts';
import { checkClock, checkDatabase, checkRedis, checkRefusals, checkReplicas } from './doctor/services.ts';

type Check = (env: NodeJS.ProcessEnv) => Finding | Promise<Finding>;

const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['stet', checkVersion],
  ['node', checkNode],
  ['glibc', checkGlibc],
  ['listener', checkListener],
  ['database', checkDatabase],
  ['replicas', checkReplicas],
  ['saving', checkRefusals],
  ['redis', checkRedis],
  ['port', checkPort],
  ['addresses', checkAddresses],
  ['open files', checkOpenFiles],
  ['memory', checkMemory],
  ['cores', checkCores],
  ['clock', checkClock],
  ['pages', checkPages],
];

/** Runs every check; one that throws becomes a finding. */
export async function examine(env: NodeJS.ProcessEnv): Promise<readonly (Finding & { readonly name: string })[]> {
  const findings = CHECKS.map(async ([name, check]) => {
    try {
      return { name, ...(await check(env)) };
    } catch (error) {
      return { name, ...problem(reason(error), 'the check itself failed; report it as a bug') };
    }
  });
  return await Promise.all(findings);
}

/** Prints the findings and returns the exit code. */
export async function doctor(env: NodeJS.ProcessEnv): Promise<number> {
  const findings = await examine(env);
  const lines = findings.flatMap(({ name, verdict, found, fix }) => {
    const first = `${verdict.padEnd(5)} ${name.padEnd(11)} ${found}`;
    return fix === undefined ? [first] : [first, `${' '.repeat(18)}-> ${fix}`];
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  return findings.some(({ verdict }) => verdict === 'fix') ? 1 : 0;
}
