/** `stet user add`: creates an account. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { resolveConfig } from '../config/config.ts';
import { OPERATOR } from '../ports/actor.ts';
import { createPasswords } from '../storage/postgres/accounts/passwords.ts';
import { createUserStore } from '../storage/postgres/accounts/users.ts';
import { migrate } from '../storage/postgres/migrate.ts';
import { createOrm } from '../storage/postgres/orm.ts';
import { borrowDatabase } from './database.ts';
import { UsageError } from './help.ts';
import { createLog } from './log.ts';

const REFUSALS = {
  handle_invalid: 'a username has 2 to 32 of a-z, 0-9, "-" and "_", and begins with a letter',
  handle_taken: 'this username is already taken',
  password_length: 'a password must have 8 to 1024 characters',
  overloaded: 'the server is overloaded; try again',
} as const;

interface NewAccount {
  handle: string;
  role: 'author' | 'admin';
}

function parse(args: readonly string[]): NewAccount {
  let parsed: ReturnType<
    typeof parseArgs<{
      options: { role: { type: 'string' }; 'password-stdin': { type: 'boolean' } };
      allowPositionals: true;
    }>
  >;
  try {
    parsed = parseArgs({
      args: [...args],
      options: { role: { type: 'string' }, 'password-stdin': { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const [verb, handle, ...more] = parsed.positionals;
  const { role } = parsed.values;
  if (verb !== 'add' || handle === undefined || more.length > 0) throw new UsageError('run "stet user --help"');
  if (role !== 'author' && role !== 'admin') throw new UsageError('--role must be author or admin');
  if (!parsed.values['password-stdin'])
    throw new UsageError('send the password to standard input with --password-stdin');
  return { handle, role };
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input })) return line;
  return '';
}

export async function userCommand(args: readonly string[]): Promise<number> {
  const account = parse(args);
  const config = resolveConfig(process.env);
  const password = await firstLine(process.stdin);
  const log = createLog({ ...config, logLevel: 'warn' });
  const database = await borrowDatabase(config, log);
  const orm = await createOrm({ databaseUrl: database.url, log, poolSize: 2 });
  try {
    await migrate(orm, log);
    const users = createUserStore(orm, createPasswords({ parallel: 1, queued: 0 }), { now: Date.now });
    const made = await users.create({ ...account, password }, OPERATOR);
    if (!made.ok) {
      process.stderr.write(`stet: ${REFUSALS[made.reason]}\n`);
      return 1;
    }
    process.stdout.write(`Created the ${made.user.role} ${made.user.handle}.\n`);
    return 0;
  } finally {
    await orm.close();
    await database.close();
  }
}
