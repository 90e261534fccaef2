/**
 * `reads`: requests a second, and server CPU a request, of a cached public page and its JSON; beside a plain node:http
 * server that answers the same bytes from a constant. One server process each, in turn under the same load (wrk.ts), so
 * that a machine whose speed drifts is the same for both; medians over the rounds. Not measured: TLS, networks, misses of
 * the cache. The load comes from one address, as from a proxy; with `--addresses 2` a connection from another one is open.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startPostgres, temporaryFolder } from '../../support/services.ts';
import { createAuthors } from '../support/accounts.ts';
import { cpuSeconds, quantile } from '../support/process-cost.ts';
import { type ServerProcess, startScript, startStet } from '../support/processes.ts';
import { ratioOf } from '../support/ratios.ts';
import { type WrkReport, wrk } from './wrk.ts';

export interface ReadsOptions {
  connections: number;
  seconds: number;
  warmupSeconds: number;
  /** Paragraphs of the text. */
  paragraphs: number;
  /** `Accept-Encoding` of the load. */
  encoding: string;
  /** With `{slug}` in them; separated by commas. */
  paths: string;
  /** Where connections come from: 1 or 2. */
  addresses: number;
}

interface Options extends ReadsOptions {
  /** A contender; left out, both. */
  only: string | undefined;
}

export interface Measured extends WrkReport {
  cpuUsPerRequest: number;
}

/** Odd: the median is one of them. */
const ROUNDS = 5;
export const SLUG = 'a-public-page';
export const UNLIMITED = {
  API_REQUESTS_PER_MINUTE: '10000000',
  API_REQUESTS_PER_USER_PER_MINUTE: '10000000',
  API_REQUESTS_PER_ADDRESS_PER_MINUTE: '10000000',
};

export const pathsOf = (paths: string): string[] => paths.split(',').map((one) => one.trim().replace('{slug}', SLUG));

export async function publish(server: ServerProcess, token: string, paragraphs: number): Promise<void> {
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

/** A connection that asks nothing, from another address than the load's. */
async function openFromElsewhere({ url }: ServerProcess): Promise<Disposable> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress: '127.0.0.2' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { [Symbol.dispose]: () => socket.destroy() };
}

/** One round. */
export async function measure(
  server: ServerProcess,
  path: string,
  options: ReadsOptions,
  seconds: number,
): Promise<Measured> {
  const { encoding, connections, addresses } = options;
  using _other = addresses > 1 ? await openFromElsewhere(server) : undefined;
  const before = cpuSeconds(server.pid);
  const report = await wrk({ url: `${server.url}${path}`, encoding, connections, seconds });
  const cpu = cpuSeconds(server.pid) - before;
  return { ...report, cpuUsPerRequest: Number(((cpu / report.answered) * 1e6).toFixed(1)) };
}

function mediansOf(rounds: readonly Measured[]): Measured {
  const median = (of: (round: Measured) => number) =>
    quantile(
      rounds.map(of).sort((a, b) => a - b),
      0.5,
    );
  const sum = (of: (round: Measured) => number) => rounds.reduce((total, round) => total + of(round), 0);
  return {
    answered: sum((round) => round.answered),
    failed: sum((round) => round.failed),
    requestsPerSecond: median((round) => round.requestsPerSecond),
    p50Ms: median((round) => round.p50Ms),
    p99Ms: median((round) => round.p99Ms),
    cpuUsPerRequest: median((round) => round.cpuUsPerRequest),
  };
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
      for (const path of pathsOf(options.paths)) {
        const sample = await sampleOf(stet, path, options.encoding);
        if (typeof sample === 'string') {
          console.log(JSON.stringify({ path, skipped: sample }));
          continue;
        }
        const plain = await startPlain(sample, folder.path);
        const contenders = (
          [
            ['node-http', plain],
            ['stet', stet],
          ] as const
        ).filter(([name]) => wants(name));
        for (const [, server] of contenders) await measure(server, path, options, options.warmupSeconds);
        const rounds = new Map<string, Measured[]>(contenders.map(([name]) => [name, []]));
        for (let round = 0; round < ROUNDS; round += 1) {
          for (const [name, server] of contenders) {
            rounds.get(name)?.push(await measure(server, path, options, options.seconds));
          }
        }
        await plain.kill('SIGTERM');
        const found = new Map([...rounds].map(([name, all]) => [name, mediansOf(all)]));
        for (const [contender, measured] of found) {
          console.log(JSON.stringify({ contender, path, encoding: sample.encoding || 'identity', ...measured }));
        }
        const [constant, own] = [rounds.get('node-http') ?? [], rounds.get('stet') ?? []];
        // Round by round: the worst is said beside the middle.
        const times = (of: (round: Measured) => number) => ratioOf(own.map(of), constant.map(of));
        if (constant.length > 0 && own.length > 0) {
          console.log(
            JSON.stringify({
              path,
              timesTheRequests: times((round) => round.requestsPerSecond),
              timesTheCpu: times((round) => round.cpuUsPerRequest),
              timesTheP99: times((round) => round.p99Ms),
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
