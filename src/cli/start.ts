/** `stet start`: runs a node until it is stopped, with an embedded database unless another one is configured. */
import { randomBytes } from 'node:crypto';
import { type Config, resolveConfig } from '../config/config.ts';
import { checkBuilt } from '../gateway/http/built-app.ts';
import { checkSdkBuilt } from '../gateway/sdk/files.ts';
import type { Logger } from '../lib/logger.ts';
import { type RunningNode, startNode } from '../main.ts';
import { SDK_DIR, WEB_DIR } from '../node/settings.ts';
import { OPERATOR } from '../ports/actor.ts';
import { createPasswords } from '../storage/postgres/accounts/passwords.ts';
import { createUserStore } from '../storage/postgres/accounts/users.ts';
import { createOrm } from '../storage/postgres/orm.ts';
import { openDatabase } from './database.ts';
import { refuseArguments } from './help.ts';
import { watchUncaught } from './last-resort.ts';
import { createLog } from './log.ts';
import { startWithRetries } from './start-with-retries.ts';

const FIRST_HANDLE = 'author';
const PASSWORD_BYTES = 12;

/** Creates the first account of a new installation and returns its password; undefined when there are accounts. */
async function createFirstAuthor(databaseUrl: string, log: Logger): Promise<string | undefined> {
  const orm = await createOrm({ databaseUrl, log, poolSize: 1 });
  try {
    const users = createUserStore(orm, createPasswords({ parallel: 1, queued: 0 }), { now: Date.now });
    if ((await users.count()) > 0) return undefined;
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const made = await users.create({ handle: FIRST_HANDLE, password, role: 'admin' }, OPERATOR);
    // Another node of a new cluster may have been faster.
    return made.ok ? password : undefined;
  } finally {
    await orm.close();
  }
}

/** Beyond the drain: time for the database that belongs to the node to stop. */
const AFTER_DRAIN_MS = 10_000;

/** Resolves with the signal, or the reason, to stop. */
function untilStopRequested(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
    // The process that supervises this one is gone: no other would end it.
    process.once('disconnect', () => resolve('Lost the supervisor'));
  });
}

/** Reports to the supervisor, if there is one, that the node is ready. The channel does not keep the process alive. */
function reportReady(): void {
  process.channel?.unref();
  process.send?.('ready');
}

export async function start(args: readonly string[]): Promise<number> {
  refuseArguments(args, 'start');
  const config = resolveConfig(process.env);
  // Before a database is made or changed for a node that cannot serve.
  checkBuilt(WEB_DIR);
  checkSdkBuilt(SDK_DIR);
  const log = createLog(config);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  const stopRequested = untilStopRequested();
  const uncaught = watchUncaught(log, config.drainMs + AFTER_DRAIN_MS);
  const reason = Promise.race([stopRequested, uncaught.failed.then(() => undefined)]);
  void reason.then(() => stopping.abort());
  if (config.databaseUrl === undefined) say(`Starting PostgreSQL in ${config.dataDir} …`);
  const database = await openDatabase(config, log);
  try {
    let password: string | undefined;
    const startOnce = async () => {
      const started = await startNode({ ...config, databaseUrl: database.url }, log);
      try {
        password = await createFirstAuthor(database.url, log);
        return started;
      } catch (error) {
        await started.close();
        throw error;
      }
    };
    const node = await startWithRetries(startOnce, config.startWithinMs, stopping.signal);
    if (node) {
      announce(config, node, password, say);
      reportReady();
      say(`\n${(await reason) ?? 'Uncaught error (see the log)'}: stopping …`);
      await node.close();
    }
  } finally {
    await database.close();
  }
  say('Stopped.');
  return (await reason) === undefined ? 1 : 0;
}

function announce(config: Config, node: RunningNode, password: string | undefined, say: (line: string) => void): void {
  const { host, opsHost, publicUrl } = config;
  const name = host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  // With a public address the node answers under no other.
  const origin = publicUrl ?? `http://${name}:${node.port}`;
  if (password !== undefined) {
    const { href } = new URL('/sign-in', origin);
    say(`\nCreated the first account. Sign in at ${href}\n\n  username  ${FIRST_HANDLE}\n  password  ${password}\n`);
    say(
      'Save the password: it is not shown again. To add users, run: stet user add USERNAME --role author --password-stdin\n',
    );
  }
  say(`Stet is ready at ${origin}${publicUrl === undefined ? '' : ` (listening on ${host}, port ${node.port})`}`);
  if (node.opsPort !== undefined) say(`Metrics at http://${opsHost}:${node.opsPort}/metrics`);
}
