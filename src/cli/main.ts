/**
 * The `stet` command: finds the subcommand, turns wrong settings and arguments into one line and exit code 2.
 * Each subcommand lives in a file of its own and returns its exit code.
 */
import { ConfigError } from '../config/config.ts';
import { HELP, refuseArguments, UsageError } from './help.ts';

/** Each subcommand is loaded when it is run: `--help` needs no database driver. */
const COMMANDS: Record<string, (args: readonly string[]) => Promise<number>> = {
  start: async (args) => (await import('./start.ts')).start(args),
  migrate: async (args) => (await import('./migrate.ts')).migrateCommand(args),
  move: async (args) => (await import('./move.ts')).moveCommand(args),
  user: async (args) => (await import('./user.ts')).userCommand(args),
  doctor: async (args) => {
    refuseArguments(args, 'doctor');
    return (await import('./doctor.ts')).doctor(process.env);
  },
};

/** By name, so that none of their modules is loaded for it. Their message is the whole output. */
const EXPECTED = new Set(['DatabaseRefusal', 'CopyRefused', 'StartFailed', 'NotBuilt']);

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  const wantsHelp = argv.includes('--help') || argv.includes('-h');
  const topic = name !== undefined && Object.hasOwn(COMMANDS, name) ? name : 'stet';
  if (wantsHelp || name === undefined || name === 'help') {
    process.stdout.write(HELP[topic as keyof typeof HELP]());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS[name];
  if (!Object.hasOwn(COMMANDS, name) || !command)
    throw new UsageError(`there is no command "${name}"; see stet --help`);
  return command(args);
}

let exitCode: number;
try {
  exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ConfigError || error instanceof UsageError) {
    process.stderr.write(`stet: ${error.message}\n`);
    exitCode = 2;
  } else if (error instanceof Error && EXPECTED.has(error.name)) {
    process.stderr.write(`stet: ${error.message}\n`);
    exitCode = 1;
  } else {
    process.stderr.write(`stet: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    exitCode = 1;
  }
}
// By now everything was closed in order; nothing that still ticks may keep the process.
process.exit(exitCode);
