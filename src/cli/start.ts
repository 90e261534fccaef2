/** `stet start`: runs a node until it is told to stop, with its database if it has no other. */
import { randomBytes } from 'node:crypto';
import { resolveConfig } from '../config.ts';
import { startNode } from '../main.ts';
import type { Logger } from '../ports/logger.ts';
import { createPasswords } from '../storage/accounts/passwords.ts';
import { createUsers } from '../storage/accounts/users.ts';
import { OPERATOR } from '../storage/audit/actor.ts';
import { createOrm } from '../storage/orm.ts';
import { openDatabase } from './database.ts';
import { refuseArguments } from './help.ts';
import { createLog } from './log.ts';

const FIRST_HANDLE = 'author';
const PASSWORD_BYTES = 12;

/** Makes the first account of a new installation and returns its password; undefined when there are accounts. */
async function createFirstAuthor(databaseUrl: string, log: Logger): Promise<string | undefined> {
  const orm = await createOrm({ databaseUrl, log, poolSize: 1 });
  try {
    const users = createUsers(orm, createPasswords({ parallel: 1, queued: 0 }), { now: Date.now });
    if ((await users.count()) > 0) return undefined;
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const made = await users.create({ handle: FIRST_HANDLE, password, role: 'admin' }, OPERATOR);
    // Another node of a new cluster may have been faster.
    return made.ok ? password : undefined;
  } finally {
    await orm.close();
  }
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });
}

export async function start(args: readonly string[]): Promise<number> {
  refuseArguments(args, 'start');
  const config = resolveConfig(process.env);
  const log = createLog(config);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const signal = untilSignal();
  if (config.databaseUrl === undefined) say(`Starting PostgreSQL in ${config.dataDir} …`);
  const database = await openDatabase(config, log);
  try {
    const node = await startNode({ ...config, databaseUrl: database.url }, log);
    try {
      const password = await createFirstAuthor(database.url, log);
      const host =
        config.host === '127.0.0.1' || config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host;
      const origin = `http://${host}:${node.port}`;
      if (password !== undefined) {
        say(
          `\nThe first author was made. Sign in at ${origin}\n\n  handle    ${FIRST_HANDLE}\n  password  ${password}\n`,
        );
        say(
          'Keep the password: it is not shown again. More authors: stet user add HANDLE --role author --password-stdin\n',
        );
      }
      say(`Stet is ready at ${origin}`);
      if (node.opsPort !== undefined) say(`Metrics at http://${config.opsHost}:${node.opsPort}/metrics`);
      const received = await signal;
      say(`\n${received}: stopping …`);
    } finally {
      await node.close();
    }
  } finally {
    await database.close();
  }
  say('Stopped.');
  return 0;
}
