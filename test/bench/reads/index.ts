/**
 * `reads`: requests a second, and server CPU a request, of a cached public page and its JSON; beside a plain node:http
 * server that answers the same bytes from a constant. One server process each, one after another, under the same load:
 * two processes of raw sockets, kept open, no pipelining. Not measured: TLS, networks, misses of the cache. Where there
 * are fewer than three cores the load takes CPU from the server: then CPU a request is the figure that counts.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, temporaryFolder } from '../../support/services.ts';
import { createAuthors } from '../support/accounts.ts';
import { cpuSeconds, quantile } from '../support/process-cost.ts';
import { Load, type ServerProcess, startScript, startStet } from '../support/processes.ts';
import type { ReadsReport, ReadsTask } from './requests.ts';

interface Options {
  connections: number;
  seconds: number;
  warmupSeconds: number;
  /** Paragraphs of the text. */
  paragraphs: number;
  /** `Accept-Encoding` of the load. */
  encoding: string;
  /** With `{slug}` in them; separated by commas. */
  paths: string;
  /** A contender; left out, both. */
  only: string | undefined;
}

interface Measured {
  requestsPerSecond: number;
  cpuUsPerRequest: number;
  loadCpuUsPerRequest: number;
  p50Ms: number;
  p99Ms: number;
  bytesPerRequest: number;
  failed: number;
}

const GENERATORS = 2;
const SLUG = 'a-public-page';
const UNLIMITED = { API_REQUESTS_PER_MINUTE: '10000000', API_REQUESTS_PER_ADDRESS_PER_MINUTE: '10000000' };

async function publish(server: ServerProcess, token: string, paragraphs: number): Promise<void> {
  const call = async (method: string, path: string, body?: object): Promise<{ id: string }> => {
    const answer = await fetch(`${server.url}/v1/documents${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  const { id } = await call('POST', '', { title: 'A public page', slug: SLUG, visibility: 'public' });
  const blocks = Array.from({ length: paragraphs }, (_, index) => ({
    type: 'paragraph',
    content: [{ type: 'text', text: `Paragraph ${index}: ${'some words of it, '.repeat(10)}`.trim() }],
  }));
  await call('POST', `/${id}/draft/blocks`, { blocks });
  await call('POST', `/${id}/publish`);
}

async function measure(server: ServerProcess, path: string, options: Options): Promise<Measured> {
  const { connections, encoding, seconds, warmupSeconds } = options;
  const task: ReadsTask = { url: server.url, path, encoding, connections: Math.ceil(connections / GENERATORS) };
  const script = new URL('./requests.ts', import.meta.url);
  const loads = Array.from({ length: GENERATORS }, () => new Load(script, task));
  const all = <T>(kind: string) => Promise.all(loads.map((load) => load.wait<T>(kind)));
  try {
    await all('ready');
    await delay(warmupSeconds * 1_000);
    const measuring = all('measuring');
    for (const load of loads) load.tell('measure');
    await measuring;
    const cost = () => ({
      server: cpuSeconds(server.pid),
      load: loads.reduce((sum, load) => sum + cpuSeconds(load.pid), 0),
    });
    const [before, startedAt] = [cost(), performance.now()];
    await delay(seconds * 1_000);
    const [after, tookSeconds] = [cost(), (performance.now() - startedAt) / 1_000];
    const reported = all<ReadsReport>('report');
    for (const load of loads) load.tell('report');
    const reports = await reported;
    const answered = reports.reduce((sum, report) => sum + report.answered, 0);
    const latencies = reports.flatMap((report) => Array.from(report.latenciesMs)).sort((a, b) => a - b);
    const us = (cpu: number) => Number(((cpu / answered) * 1e6).toFixed(1));
    const ms = (share: number) => Number(quantile(latencies, share).toFixed(2));
    return {
      requestsPerSecond: Math.round(answered / tookSeconds),
      cpuUsPerRequest: us(after.server - before.server),
      loadCpuUsPerRequest: us(after.load - before.load),
      p50Ms: ms(0.5),
      p99Ms: ms(0.99),
      bytesPerRequest: Math.round(reports.reduce((sum, report) => sum + report.bytes, 0) / answered),
      failed: reports.reduce((sum, report) => sum + report.failed, 0),
    };
  } finally {
    for (const load of loads) load.end();
  }
}

/** The plain server with the answer that Stet gives: its bytes, its type, its encoding. */
async function startPlain(answer: Sample, folder: string): Promise<ServerProcess> {
  const file = join(folder, 'body');
  writeFileSync(file, answer.body);
  return startScript(new URL('./plain-server.ts', import.meta.url), {
    BODY_FILE: file,
    CONTENT_TYPE: answer.type,
    CONTENT_ENCODING: answer.encoding,
  });
}

interface Sample {
  body: Buffer;
  type: string;
  encoding: string;
}

/** What Stet answers, as it comes over the wire; a text says why there is nothing to measure. */
async function sampleOf(server: ServerProcess, path: string, encoding: string): Promise<Sample | string> {
  const sent = request(`${server.url}${path}`, { headers: { 'accept-encoding': encoding } });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const body = Buffer.concat(await answer.toArray());
  if (answer.statusCode !== 200) return `it answers ${answer.statusCode}`;
  const { 'content-type': type = '', 'content-encoding': used = '' } = answer.headers;
  return { body, type, encoding: used };
}

export async function reads(options: Options): Promise<void> {
  const wants = (name: string) => options.only === undefined || options.only === name;
  const folder = temporaryFolder('reads');
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase();
    const stet = await startStet({ DATABASE_URL: databaseUrl, ...UNLIMITED });
    try {
      const [author] = await createAuthors(databaseUrl, 1);
      await publish(stet, author?.token ?? '', options.paragraphs);
      for (const path of options.paths.split(',').map((one) => one.trim().replace('{slug}', SLUG))) {
        const sample = await sampleOf(stet, path, options.encoding);
        if (typeof sample === 'string') {
          console.log(JSON.stringify({ path, skipped: sample }));
          continue;
        }
        const found = new Map<string, Measured>();
        if (wants('node-http')) {
          const plain = await startPlain(sample, folder.path);
          found.set('node-http', await measure(plain, path, options));
          await plain.kill('SIGTERM');
        }
        if (wants('stet')) found.set('stet', await measure(stet, path, options));
        for (const [contender, measured] of found) {
          console.log(JSON.stringify({ contender, path, encoding: sample.encoding || 'identity', ...measured }));
        }
        const [plain, own] = [found.get('node-http'), found.get('stet')];
        if (plain && own) {
          const times = (one: number, other: number) => Number((one / other).toFixed(2));
          console.log(
            JSON.stringify({
              path,
              timesTheRequests: times(own.requestsPerSecond, plain.requestsPerSecond),
              timesTheCpu: times(own.cpuUsPerRequest, plain.cpuUsPerRequest),
              timesTheP99: times(own.p99Ms, plain.p99Ms),
            }),
          );
        }
      }
    } finally {
      await stet.kill('SIGTERM');
    }
  } finally {
    await postgres.stop();
    folder.remove();
  }
}
