/**
 * `conversions`: how long authors wait for acknowledgements while another one asks for conversions of a large document, as many
 * at a time as a script may: past texts as HTML, the live one as HTML and JSON, revisions, and what differs between them. The
 * limits of requests a minute are lifted; those of work under way are what is measured. Not measured: networks.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, type TestPostgres } from '../../support/services.ts';
import { type BenchAuthor, createAuthorsOf } from '../support/accounts.ts';
import { type Checkout, HERE } from '../support/checkout.ts';
import { quantile, rssMb } from '../support/process-cost.ts';
import { Load, type ServerProcess, startStet } from '../support/processes.ts';
import type { FloodReport, FloodTask } from './flood.ts';

export interface ConversionsOptions {
  /** Who type, a document each. */
  authors: number;
  /** Characters a second of each. */
  rate: number;
  /** Conversions under way at once. */
  connections: number;
  /** Of the document that is converted, of about 200 bytes each. */
  paragraphs: number;
  /** Of each measured part, without the flood and under it. */
  seconds: number;
  warmupSeconds: number;
}

export interface Measured {
  quietP50Ms: number;
  quietP99Ms: number;
  floodP50Ms: number;
  floodP99Ms: number;
  /** Under the flood as multiples of without. */
  timesP50: number;
  timesP99: number;
  conversionsPerSecond: number;
  overloadedPerSecond: number;
  failed: number;
  rssMb: number;
}

const UNLIMITED = {
  API_REQUESTS_PER_MINUTE: '10000000',
  API_REQUESTS_PER_USER_PER_MINUTE: '10000000',
  API_REQUESTS_PER_ADDRESS_PER_MINUTE: '10000000',
  MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '1000',
};

/** Positions after the first, and revisions of some of them. */
const POSITIONS = 60;
const POSITIONS_PER_REVISION = 10;

async function call(
  { url }: ServerProcess,
  author: BenchAuthor,
  method: string,
  path: string,
  type?: string,
  body?: string,
) {
  const answer = await fetch(`${url}/v1/documents/${author.documentId}/${path}`, {
    method,
    headers: { authorization: `Bearer ${author.token}`, ...(type !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
}

/** Writes the large document, its past and its revisions. */
async function fill(server: ServerProcess, author: BenchAuthor, paragraphs: number): Promise<number> {
  const text = (at: number) => `<p>Paragraph ${at} <strong>begins</strong> and ${'goes <em>on</em> '.repeat(10)}.</p>`;
  const html = Array.from({ length: paragraphs }, (_, at) => text(at)).join('\n');
  await call(server, author, 'PUT', 'draft', 'text/html', html);
  let revisions = 0;
  for (let at = 0; at < POSITIONS; at += 1) {
    await call(server, author, 'POST', 'draft/blocks', 'text/html', text(paragraphs + at));
    if (at % POSITIONS_PER_REVISION !== 0) continue;
    await call(server, author, 'POST', 'publish');
    revisions += 1;
  }
  return revisions;
}

export async function measure(
  postgres: TestPostgres,
  options: ConversionsOptions,
  checkout: Checkout = HERE,
): Promise<Measured> {
  const databaseUrl = await postgres.createDatabase();
  const server = await startStet({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', ...UNLIMITED }, checkout);
  const loads: Load[] = [];
  try {
    const [flooder, ...authors] = await createAuthorsOf(checkout, databaseUrl, options.authors + 1);
    if (!flooder) throw new Error('nobody was made');
    const revisions = await fill(server, flooder, options.paragraphs);
    const typing = new Load(new URL('../durable-edits/stet-load.ts', import.meta.url), {
      url: server.url,
      authors,
      rate: options.rate,
    });
    loads.push(typing);
    await typing.wait('ready');

    const acknowledgements = async (): Promise<[p50: number, p99: number]> => {
      await delay(options.warmupSeconds * 1_000);
      const measuring = typing.wait('measuring');
      typing.request('measure');
      await measuring;
      await delay(options.seconds * 1_000);
      const measured = typing.wait<number[]>('latencies');
      typing.request('latencies');
      const latencies = await measured;
      return [quantile(latencies, 0.5), quantile(latencies, 0.99)];
    };
    const [quietP50, quietP99] = await acknowledgements();
    const task: FloodTask = {
      url: server.url,
      author: flooder,
      connections: options.connections,
      positions: POSITIONS,
      revisions,
    };
    const flood = new Load(new URL('./flood.ts', import.meta.url), task);
    loads.push(flood);
    const startedAt = performance.now();
    await flood.wait('ready');
    const [floodP50, floodP99] = await acknowledgements();
    const memory = rssMb(server.pid);
    const reported = flood.wait<FloodReport>('report');
    flood.request('report');
    const { answered, overloaded, failed } = await reported;
    const seconds = (performance.now() - startedAt) / 1_000;
    const tenths = (value: number) => Number(value.toFixed(1));
    return {
      quietP50Ms: tenths(quietP50),
      quietP99Ms: tenths(quietP99),
      floodP50Ms: tenths(floodP50),
      floodP99Ms: tenths(floodP99),
      timesP50: Number((floodP50 / quietP50).toFixed(2)),
      timesP99: Number((floodP99 / quietP99).toFixed(2)),
      conversionsPerSecond: tenths(answered / seconds),
      overloadedPerSecond: tenths(overloaded / seconds),
      failed,
      rssMb: memory,
    };
  } finally {
    for (const load of loads) load.end();
    await server.kill('SIGKILL');
  }
}

export async function conversions(options: ConversionsOptions): Promise<void> {
  const postgres = await startPostgres();
  try {
    console.log(JSON.stringify(await measure(postgres, options)));
  } finally {
    await postgres.stop();
  }
}
