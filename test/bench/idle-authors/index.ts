/**
 * `idle-authors`: what authors cost who have a document open each while nothing changes: the node's CPU and the database's, as
 * shares of a core, beside those of a node that nobody uses. The sockets' signs of life are among it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, type TestPostgres } from '../../support/services.ts';
import { createAuthorsOf } from '../support/accounts.ts';
import { type Checkout, HERE } from '../support/checkout.ts';
import { cpuSeconds, treeCpuSeconds } from '../support/process-cost.ts';
import { Load, startStet } from '../support/processes.ts';

export interface IdleOptions {
  authors: number;
  /** Of idling that are measured, with and without authors. */
  seconds: number;
  /** After the last author came in: documents are loaded, code is compiled. */
  warmupSeconds: number;
}

export interface IdleFigures {
  nodePercent: number;
  databasePercent: number;
}

const AUTHORS_PER_PROCESS = 750;

export async function measure(
  postgres: TestPostgres,
  { authors: count, seconds, warmupSeconds }: IdleOptions,
  checkout: Checkout = HERE,
): Promise<{ nobody: IdleFigures; authors: IdleFigures }> {
  const databaseUrl = await postgres.createDatabase();
  const server = await startStet(
    {
      DATABASE_URL: databaseUrl,
      MAX_SOCKETS: '100000',
      MAX_HANDSHAKES_PER_SECOND: '100000',
      MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '100000',
    },
    checkout,
  );
  const loads: Load[] = [];
  const idle = async (): Promise<IdleFigures> => {
    await delay(warmupSeconds * 1_000);
    const costs = () => [performance.now(), cpuSeconds(server.pid), treeCpuSeconds(postgres.pid)] as const;
    const before = costs();
    await delay(seconds * 1_000);
    const after = costs();
    const percent = (at: 1 | 2) => Number((((after[at] - before[at]) / (after[0] - before[0])) * 1e5).toFixed(2));
    return { nodePercent: percent(1), databasePercent: percent(2) };
  };
  try {
    const authors = await createAuthorsOf(checkout, databaseUrl, count);
    const nobody = await idle();
    for (let at = 0; at < count; at += AUTHORS_PER_PROCESS) {
      const load = new Load(new URL('./load.ts', import.meta.url), {
        url: server.url,
        authors: authors.slice(at, at + AUTHORS_PER_PROCESS),
      });
      loads.push(load);
      await load.wait('ready');
    }
    return { nobody, authors: await idle() };
  } finally {
    for (const load of loads) load.end();
    await server.kill('SIGKILL');
  }
}

export async function idleAuthors(options: IdleOptions): Promise<void> {
  const postgres = await startPostgres();
  try {
    const figures = await measure(postgres, options);
    for (const [what, found] of Object.entries(figures)) console.log(JSON.stringify({ what, ...found }));
  } finally {
    await postgres.stop();
  }
}
