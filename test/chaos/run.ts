// `npm run chaos`: one JSON line on stdout, everything else on stderr; exit code 1 when the cluster failed, 2 for wrong
// options.
import { runChaos } from './chaos.ts';
import { HELP, parseOptions, UsageError } from './options.ts';

const PROBLEMS_SHOWN = 40;
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) {
    process.stdout.write(HELP);
    return 0;
  }
  const { result, ok, problems, operations } = await runChaos(options, say);
  if (!ok) {
    say(`\nSeed ${options.seed} fails. What was done:\n${operations.join('\n')}\n\nWhat is wrong:`);
    for (const problem of problems.slice(0, PROBLEMS_SHOWN)) say(problem);
    if (problems.length > PROBLEMS_SHOWN) say(`… and ${problems.length - PROBLEMS_SHOWN} more`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return ok ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`chaos: ${error.message} (see --help)`);
  process.exitCode = 2;
}
