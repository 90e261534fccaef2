/**
 * `connections`: many widget and viewer sockets on one node: how fast they come in, what each costs in memory, and what all
 * of them cost while nothing happens. Other processes hold the sockets, from several loopback addresses. The kernel's
 * memory for sockets is not counted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from '../../support/services.ts';
import { createAuthors } from '../support/accounts.ts';
import { cpuSeconds, rssMb } from '../support/process-cost.ts';
import { Load, type ServerProcess, startStet } from '../support/processes.ts';
import type { SubscribersTask } from '../support/subscribers.ts';

interface Options {
  widgets: number;
  viewers: number;
  /** Of idling that are measured. */
  seconds: number;
}

/** A process may hold so many files. */
const SOCKETS_PER_PROCESS = 5_000;
const SETTLE_MS = 5_000;
const KIB = 1_024;
const SLUG = 'bench';

/** Publishes a document for everybody. */
async function publish(url: string, token: string, documentId: string): Promise<void> {
  const call = async (method: string, path: string, json: object): Promise<void> => {
    const answer = await fetch(`${url}/v1/documents/${documentId}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  await call('PATCH', '', { slug: SLUG, visibility: 'public' });
  await call('POST', '/publish', {});
}

export async function connections(options: Options): Promise<void> {
  const postgres = await startPostgres();
  const loads: Load[] = [];
  let server: ServerProcess | undefined;
  try {
    const databaseUrl = await postgres.createDatabase();
    server = await startStet({
      DATABASE_URL: databaseUrl,
      MAX_SOCKETS: '100000',
      MAX_VIEWERS: '100000',
      MAX_CONNECTIONS_PER_ADDRESS: '100000',
      MAX_VIEWERS_PER_ADDRESS: '100000',
      MAX_WIDGETS_PER_ADDRESS: '100000',
      MAX_HANDSHAKES_PER_SECOND: '100000',
      MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '100000',
    });
    const [author] = await createAuthors(databaseUrl, 1);
    if (!author) throw new Error('no author');
    await publish(server.url, author.token, author.documentId);
    const { port } = new URL(server.url);
    const { pid } = server;
    await delay(SETTLE_MS);
    console.log(JSON.stringify({ sockets: 0, rssMb: rssMb(pid), idleCpuPercent: await idle(pid, options.seconds) }));

    const kinds = [
      { name: 'widgets', count: options.widgets, kind: 'raw', path: `/w?documents=${SLUG}` },
      {
        name: 'viewers',
        count: options.viewers,
        kind: 'viewer',
        path: '/socket.io/?EIO=4&transport=websocket&for=view',
      },
    ] as const;
    for (const { name, count, kind, path } of kinds) {
      if (count === 0) continue;
      const [rssBefore, cpuBefore] = [rssMb(pid), cpuSeconds(pid)];
      const processes = Math.ceil(count / SOCKETS_PER_PROCESS);
      const mine = Array.from({ length: processes }, (_, index) => {
        const sockets = Math.min(SOCKETS_PER_PROCESS, count - index * SOCKETS_PER_PROCESS);
        const network = loads.length + index + 1;
        const task: SubscribersTask = {
          kind,
          path,
          host: '127.0.0.1',
          port: Number(port),
          slug: SLUG,
          sockets,
          network,
          parallel: 64,
        };
        return new Load(new URL('../support/subscribers.ts', import.meta.url), task);
      });
      loads.push(...mine);
      const took = await Promise.all(mine.map((load) => load.wait<{ seconds: number }>('ready')));
      const seconds = Math.max(...took.map((one) => one.seconds));
      const handshakeCpuUs = Math.round(((cpuSeconds(pid) - cpuBefore) / count) * 1e6);
      await delay(SETTLE_MS);
      const rss = rssMb(pid);
      console.log(
        JSON.stringify({
          sockets: name,
          count,
          handshakesPerSecond: Math.round(count / seconds),
          cpuUsPerHandshake: handshakeCpuUs,
          rssKibPerSocket: Number((((rss - rssBefore) * KIB) / count).toFixed(1)),
          rssMb: rss,
          idleCpuPercent: await idle(pid, options.seconds),
        }),
      );
    }
  } finally {
    for (const load of loads) load.end();
    await server?.kill('SIGKILL');
    await postgres.stop();
  }
}

/** Share of a core that the process takes while nothing is asked of it. */
async function idle(pid: number, seconds: number): Promise<number> {
  const [before, at] = [cpuSeconds(pid), performance.now()];
  await delay(seconds * 1_000);
  return Number((((cpuSeconds(pid) - before) / (performance.now() - at)) * 1e5).toFixed(2));
}
