/**
 * The `stet` command: runs the subcommand. Invalid settings and arguments end with one line and exit code 2.
 * Each subcommand has a file of its own and returns its exit code.
 */
import { ConfigError } from '../config/config.ts';
import { HELP, refuseArguments, UsageError } from './help.ts';

/** Loaded only when it runs: `--help` needs no database driver. */
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

/** Errors whose message is the whole output, by name: their modules are not loaded for this. */
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
  if (!Object.hasOwn(COMMANDS, name) || !command) throw new UsageError(`unknown command "${name}"; run "stet --help"`);
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
// Everything is closed by now. No remaining timer may keep the process alive.
process.exit(exitCode);
