/**
 * `reads`: requests a second, and server CPU a request, of a cached public page and its JSON; beside a plain node:http
 * server that answers the same bytes from a constant. One server process each, one after another, under the same load
 * (wrk.ts). Not measured: TLS, networks, misses of the cache.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { startPostgres, temporaryFolder } from '../../support/services.ts';
import { createAuthors } from '../support/accounts.ts';
import { cpuSeconds } from '../support/process-cost.ts';
import { type ServerProcess, startScript, startStet } from '../support/processes.ts';
import { type WrkReport, wrk } from './wrk.ts';

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

interface Measured extends WrkReport {
  cpuUsPerRequest: number;
}

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
  const load = { url: `${server.url}${path}`, encoding, connections };
  await wrk({ ...load, seconds: warmupSeconds });
  const before = cpuSeconds(server.pid);
  const report = await wrk({ ...load, seconds });
  const cpu = cpuSeconds(server.pid) - before;
  return { ...report, cpuUsPerRequest: Number(((cpu / report.answered) * 1e6).toFixed(1)) };
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
