/**
 * `one-address`: what connections of one address cost that only take room, and whether others still get in: idle ones, heads
 * and bodies that drip, sockets of widgets. They come again as soon as they are closed, and are more than the node takes in all.
 * Measured from other addresses: the node's memory, how long `/healthz` takes, and how many authors and readers of five get in. One
 * author was there before. Not measured: networks.
 */
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../../src/clients/editor/index.ts';
import { startPostgres, type TestPostgres } from '../../support/services.ts';
import * as reads from '../reads/index.ts';
import { type BenchAuthor, createAuthorsOf } from '../support/accounts.ts';
import { type Checkout, HERE } from '../support/checkout.ts';
import { quantile, rssMb } from '../support/process-cost.ts';
import { Load, type ServerProcess, startStet } from '../support/processes.ts';
import type { CrowdTask } from './crowd.ts';

export interface OneAddressOptions {
  /** Of the crowd. */
  connections: number;
  /** While the crowd is there. */
  seconds: number;
}

export interface Measured {
  open: number;
  rssBeforeMb: number;
  rssMb: number;
  healthzP50Ms: number;
  healthzP99Ms: number;
  /** Of five, those that passed. */
  authorsIn: number;
  readersIn: number;
}

const LISTENERS = ['uws', 'node'] as const;
const KINDS: readonly CrowdTask['kind'][] = ['idle', 'dripping-heads', 'dripping-bodies', 'widgets'];
const CROWD = '127.0.0.2';
const READERS = '127.0.0.3';
const TRIES = 5;
/** An author or a reader who waits for longer did not get in, milliseconds. */
const PATIENCE_MS = 3_000;
const HEALTHZ_EVERY_MS = 50;

/** Room for fewer than come, and for half of them from one address: the defaults, of a smaller node. */
const LIMITS = (connections: number) => ({
  MAX_SOCKETS: String(Math.floor(connections * 0.8)),
  MAX_CONNECTIONS_PER_ADDRESS: String(Math.floor(connections * 0.4)),
  MAX_WIDGETS_PER_ADDRESS: String(Math.floor(connections * 0.3)),
  MAX_HANDSHAKES_PER_SECOND: '5000',
  MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '1000',
});

/** Milliseconds until the whole answer was there; undefined: refused, or too late. */
function ask(url: string, localAddress: string): Promise<number | undefined> {
  const since = performance.now();
  return new Promise((resolve) => {
    const sent = request(url, { localAddress, agent: false, timeout: PATIENCE_MS }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200 ? performance.now() - since : undefined));
    });
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => resolve(undefined));
    sent.end();
  });
}

/** Whether an author who comes now has the document open in time. */
async function opens({ url }: ServerProcess, { token, documentId }: BenchAuthor): Promise<boolean> {
  const client = connect({ url, token });
  const isIn = await Promise.race([
    client.open(documentId).synced.then(() => true),
    delay(PATIENCE_MS, false, { ref: false }),
  ]);
  await client.close();
  return isIn;
}

async function round(
  checkout: Checkout,
  postgres: TestPostgres,
  listener: (typeof LISTENERS)[number],
  kind: CrowdTask['kind'],
  { connections, seconds }: OneAddressOptions,
): Promise<Measured> {
  const databaseUrl = await postgres.createDatabase();
  const env = { DATABASE_URL: databaseUrl, LISTENER: listener, LOG_LEVEL: 'silent', ...LIMITS(connections) };
  const server = await startStet(env, checkout);
  let crowd: Load | undefined;
  try {
    const [author] = await createAuthorsOf(checkout, databaseUrl, 1);
    if (!author) throw new Error('nobody was made');
    await reads.publish(server, author.token, 5);
    if (!(await opens(server, author))) throw new Error('no author gets into an empty node');
    const rssBefore = rssMb(server.pid);
    const { hostname: host, port } = new URL(server.url);
    const task: CrowdTask = { kind, host, port: Number(port), localAddress: CROWD, connections, slug: reads.SLUG };
    crowd = new Load(new URL('./crowd.ts', import.meta.url), task);
    await crowd.wait('ready');
    await delay(1_000);
    const until = performance.now() + seconds * 1_000;
    const healthz: number[] = [];
    const watching = (async () => {
      while (performance.now() < until) {
        healthz.push((await ask(`${server.url}/healthz`, READERS)) ?? PATIENCE_MS);
        await delay(HEALTHZ_EVERY_MS);
      }
    })();
    let authorsIn = 0;
    let readersIn = 0;
    for (let at = 0; at < TRIES; at += 1) {
      if (await opens(server, author)) authorsIn += 1;
      if ((await ask(`${server.url}/d/${reads.SLUG}`, READERS)) !== undefined) readersIn += 1;
    }
    await watching;
    const memory = rssMb(server.pid);
    const reported = crowd.wait<number>('report');
    crowd.request('report');
    const open = await reported;
    healthz.sort((a, b) => a - b);
    return {
      open,
      rssBeforeMb: rssBefore,
      rssMb: memory,
      healthzP50Ms: Number(quantile(healthz, 0.5).toFixed(1)),
      healthzP99Ms: Number(quantile(healthz, 0.99).toFixed(1)),
      authorsIn,
      readersIn,
    };
  } finally {
    crowd?.end();
    await server.kill('SIGKILL');
  }
}

export async function measure(
  postgres: TestPostgres,
  options: OneAddressOptions,
  checkout: Checkout = HERE,
  hear: (what: string, figures: Measured) => void = () => undefined,
): Promise<{ what: string; figures: Measured }[]> {
  const results: { what: string; figures: Measured }[] = [];
  for (const listener of LISTENERS) {
    for (const kind of KINDS) {
      const figures = await round(checkout, postgres, listener, kind, options);
      results.push({ what: `${listener} ${kind}`, figures });
      hear(`${listener} ${kind}`, figures);
    }
  }
  return results;
}

export async function oneAddress(options: OneAddressOptions): Promise<void> {
  const postgres = await startPostgres();
  try {
    await measure(postgres, options, HERE, (what, figures) => console.log(JSON.stringify({ what, ...figures })));
  } finally {
    await postgres.stop();
  }
}
