/**
 * `api`: requests a second, and server CPU a request, of reading a draft, appending a block and publishing; beside a bare
 * Hono handler on the same listener that runs the same SQL and does nothing else: no checks of form, rights or limits, no
 * Yjs, no actors. Contenders run one after another on the same PostgreSQL. Not measured: networks, big documents.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, type TestPostgres } from '../../support/services.ts';
import { type BenchAuthor, createAuthors } from '../support/accounts.ts';
import { type Checkout, HERE } from '../support/checkout.ts';
import { cpuSeconds, quantile, treeCpuSeconds } from '../support/process-cost.ts';
import { Load, type ServerProcess, startScript, startStet } from '../support/processes.ts';
import type { RequestsReport, RequestsTask } from './requests.ts';

export interface RequestsOptions {
  authors: number;
  /** Requests under way at once. */
  connections: number;
  seconds: number;
  warmupSeconds: number;
}

interface Options extends RequestsOptions {
  only: string | undefined;
}

interface Measured {
  requestsPerSecond: number;
  cpuUsPerRequest: number;
  dbCpuUsPerRequest: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
}

type Kind = RequestsTask['kind'];
export const KINDS: readonly Kind[] = ['read', 'append', 'publish'];
/** Before reading: paragraphs in each document. */
const PARAGRAPHS = 20;

export interface Contender {
  name: string;
  start(databaseUrl: string): Promise<ServerProcess>;
}

const UNLIMITED = {
  API_REQUESTS_PER_MINUTE: '10000000',
  API_REQUESTS_PER_USER_PER_MINUTE: '10000000',
  API_REQUESTS_PER_ADDRESS_PER_MINUTE: '10000000',
};
export const stetOf = (checkout: Checkout): Contender => ({
  name: 'stet',
  start: (databaseUrl) => startStet({ DATABASE_URL: databaseUrl, ...UNLIMITED }, checkout),
});
const CONTENDERS: readonly Contender[] = [
  stetOf(HERE),
  {
    name: 'bare-hono',
    start: (databaseUrl) => startScript(new URL('./bare-server.ts', import.meta.url), { DATABASE_URL: databaseUrl }),
  },
];

export async function fill(server: ServerProcess, authors: readonly BenchAuthor[]): Promise<void> {
  const blocks = Array.from({ length: PARAGRAPHS }, (_, index) => ({
    type: 'paragraph',
    content: [{ type: 'text', text: `Paragraph ${index}: ${'word '.repeat(20)}`.trim() }],
  }));
  for (const { documentId, token } of authors) {
    const answer = await fetch(`${server.url}/v1/documents/${documentId}/draft/blocks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ blocks }),
    });
    if (!answer.ok) throw new Error(`filling a document: ${answer.status} ${await answer.text()}`);
  }
}

export async function measure(
  kind: Kind,
  server: ServerProcess,
  postgres: TestPostgres,
  authors: readonly BenchAuthor[],
  options: RequestsOptions,
): Promise<Measured> {
  const task: RequestsTask = { kind, url: server.url, authors, connections: options.connections };
  const load = new Load(new URL('./requests.ts', import.meta.url), task);
  await load.wait('ready');
  await delay(options.warmupSeconds * 1_000);
  const measuring = load.wait('measuring');
  load.request('measure');
  await measuring;
  const [cpuBefore, dbBefore, startedAt] = [cpuSeconds(server.pid), treeCpuSeconds(postgres.pid), performance.now()];
  await delay(options.seconds * 1_000);
  const reported = load.wait<RequestsReport>('report');
  load.request('report');
  const { answered, failed, latenciesMs } = await reported;
  const seconds = (performance.now() - startedAt) / 1_000;
  const us = (cpu: number) => Math.round((cpu / answered) * 1e6);
  const cost = { cpu: cpuSeconds(server.pid) - cpuBefore, db: treeCpuSeconds(postgres.pid) - dbBefore };
  load.end();
  return {
    requestsPerSecond: Math.round(answered / seconds),
    cpuUsPerRequest: us(cost.cpu),
    dbCpuUsPerRequest: us(cost.db),
    p50Ms: Number(quantile(latenciesMs, 0.5).toFixed(1)),
    p99Ms: Number(quantile(latenciesMs, 0.99).toFixed(1)),
    failed,
  };
}

export async function api(options: Options): Promise<void> {
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase();
    // The tables are Stet's; a node makes them.
    let authors: BenchAuthor[] | undefined;
    for (const contender of CONTENDERS) {
      if (options.only !== undefined && options.only !== contender.name && contender.name !== 'stet') continue;
      const server = await contender.start(databaseUrl);
      try {
        if (!authors) {
          authors = await createAuthors(databaseUrl, options.authors);
          await fill(server, authors);
        }
        for (const kind of KINDS) {
          const measured = await measure(kind, server, postgres, authors, options);
          console.log(JSON.stringify({ contender: contender.name, request: kind, ...measured }));
        }
      } finally {
        await server.kill('SIGTERM');
      }
    }
  } finally {
    await postgres.stop();
  }
}
