/**
 * `durable-edits`: many authors, a document each, typing; what an acknowledged edit costs the server and the database,
 * how long it takes, and how many are missing after kill -9. Contenders run one after another on the same PostgreSQL; the
 * floor is what sockets and commits cost with nothing between them. Not measured: the network, browsers, documents with
 * several authors.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import * as Y from 'yjs';
import { startPostgres, type TestPostgres } from '../../support/services.ts';
import { type BenchAuthor, createAuthorsOf } from '../support/accounts.ts';
import { type Checkout, HERE } from '../support/checkout.ts';
import { cpuSeconds, quantile, rssMb, treeCpuSeconds } from '../support/process-cost.ts';
import { Load, type ServerProcess, startScript, startStet } from '../support/processes.ts';
import type { TypingReport } from './typing.ts';

export interface TypingOptions {
  authors: number;
  /** Characters a second of each. */
  rate: number;
  seconds: number;
  warmupSeconds: number;
}

interface Options extends TypingOptions {
  only: string | undefined;
}

export interface Measured {
  acked: number;
  cpuUsPerEdit: number;
  dbCpuUsPerEdit: number;
  ackP50Ms: number;
  ackP99Ms: number;
  rssMb: number;
  /** Acknowledged characters that are not stored after kill -9. */
  lostAtKill: number;
}

interface Contender {
  name: string;
  load: URL;
  start(databaseUrl: string): Promise<ServerProcess>;
  /** Makes what the authors need, and returns who they are. */
  prepare(databaseUrl: string, count: number): Promise<BenchAuthor[]>;
  /** Characters of a document that are in the database. */
  stored(client: pg.Client, documentId: string): Promise<number>;
}

const here = (name: string) => new URL(name, import.meta.url);

/** Documents and sessions that exist before the run; Hocuspocus needs neither. */
const namesOnly = async (_url: string, count: number): Promise<BenchAuthor[]> =>
  Array.from({ length: count }, (_, index) => ({ userId: '', token: '', documentId: `document-${index}` }));

async function storedInHocuspocus(client: pg.Client, name: string): Promise<number> {
  const { rows } = await client.query<{ data: Buffer }>('select data from hocuspocus where name = $1', [name]);
  const ydoc = new Y.Doc();
  if (rows[0]) Y.applyUpdate(ydoc, rows[0].data);
  return ydoc.getText('body').length;
}

async function storedInStet(client: pg.Client, documentId: string): Promise<number> {
  const { rows } = await client.query<{ update: Buffer }>(
    'select update from draft_updates where document_id = $1 order by seq',
    [documentId],
  );
  const ydoc = new Y.Doc();
  for (const { update } of rows) Y.applyUpdate(ydoc, update);
  return ydoc.getText('body').length;
}

const hocuspocus = (name: string, env: NodeJS.ProcessEnv): Contender => ({
  name,
  load: here('./hocuspocus-load.ts'),
  start: (databaseUrl) => startScript(here('./hocuspocus-server.ts'), { DATABASE_URL: databaseUrl, ...env }),
  prepare: namesOnly,
  stored: storedInHocuspocus,
});

/** The node of a checkout, under the load of this one: the protocol between them is what both have in common. */
export const stetOf = (checkout: Checkout): Contender => ({
  name: 'stet',
  load: here('./stet-load.ts'),
  // All sockets come from one address here; a person's limits stay as they are.
  start: (databaseUrl) =>
    startStet({ DATABASE_URL: databaseUrl, MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '1000' }, checkout),
  prepare: (databaseUrl, count) => createAuthorsOf(checkout, databaseUrl, count),
  stored: storedInStet,
});

async function storedOnFloor(client: pg.Client, documentId: string): Promise<number> {
  const { rows } = await client.query('select from floor_updates where document_id = $1', [documentId]);
  return rows.length;
}

const floor: Contender = {
  name: 'floor',
  load: here('./floor-load.ts'),
  start: (databaseUrl) => startScript(here('./floor-server.ts'), { DATABASE_URL: databaseUrl }),
  prepare: async (databaseUrl, count) => {
    const authors = Array.from({ length: count }, () => ({ userId: '', token: '', documentId: randomUUID() }));
    const client = new pg.Client(databaseUrl);
    await client.connect();
    await client.query('insert into floor_heads (document_id) select * from unnest($1::uuid[])', [
      authors.map(({ documentId }) => documentId),
    ]);
    await client.end();
    return authors;
  },
  stored: storedOnFloor,
};

const CONTENDERS: readonly Contender[] = [
  floor,
  stetOf(HERE),
  hocuspocus('hocuspocus', {}),
  hocuspocus('hocuspocus-each-change', { DEBOUNCE: '0' }),
];

/** One run of one contender, on a database of its own. */
export async function measure(contender: Contender, postgres: TestPostgres, options: TypingOptions): Promise<Measured> {
  const databaseUrl = await postgres.createDatabase();
  const server = await contender.start(databaseUrl);
  const authors = await contender.prepare(databaseUrl, options.authors);
  const load = new Load(contender.load, { url: server.url, authors, rate: options.rate });
  await load.wait('ready');
  await delay(options.warmupSeconds * 1_000);

  const counting = load.wait<number>('measuring');
  load.request('measure');
  const ackedBefore = await counting;
  const cpuBefore = cpuSeconds(server.pid);
  const dbBefore = treeCpuSeconds(postgres.pid);
  await delay(options.seconds * 1_000);
  const counted = load.wait<number>('counted');
  load.request('count');
  const acked = (await counted) - ackedBefore;
  const cpu = cpuSeconds(server.pid) - cpuBefore;
  const dbCpu = treeCpuSeconds(postgres.pid) - dbBefore;
  const memory = rssMb(server.pid);

  // Killed while everybody is typing; what the clients hold for acknowledged is compared with what is stored.
  await server.kill('SIGKILL');
  const reported = load.wait<TypingReport>('report');
  load.request('report');
  const report = await reported;
  load.end();
  const client = new pg.Client(databaseUrl);
  await client.connect();
  let lostAtKill = 0;
  for (const [index, { documentId }] of authors.entries()) {
    lostAtKill += Math.max(0, (report.acked[index] ?? 0) - (await contender.stored(client, documentId)));
  }
  await client.end();
  const microseconds = (seconds: number) => Math.round((seconds / acked) * 1e6);
  return {
    acked,
    cpuUsPerEdit: microseconds(cpu),
    dbCpuUsPerEdit: microseconds(dbCpu),
    ackP50Ms: Number(quantile(report.latenciesMs, 0.5).toFixed(1)),
    ackP99Ms: Number(quantile(report.latenciesMs, 0.99).toFixed(1)),
    rssMb: memory,
    lostAtKill,
  };
}

export async function durableEdits(options: Options): Promise<void> {
  const postgres = await startPostgres();
  try {
    for (const contender of CONTENDERS) {
      if (options.only !== undefined && options.only !== contender.name) continue;
      console.log(JSON.stringify({ contender: contender.name, ...(await measure(contender, postgres, options)) }));
    }
  } finally {
    await postgres.stop();
  }
}
