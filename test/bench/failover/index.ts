/**
 * `failover`: three nodes, authors who type without pause, and one node after another killed, stopped or drained. For
 * each author whose document that node owned: the time from the last acknowledgement before to the first after (`gapMs`,
 * which includes the author's own pause of 100 ms between keystrokes), and the longest that one keystroke waited (`editMs`).
 * Nodes are fresh from their start when their turn comes. Not measured: load balancers, networks that lose packets.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connect } from '../../../src/clients/editor/index.ts';
import { freePort } from '../../../src/embedded/server.ts';
import { startPostgres, startRedis } from '../../support/services.ts';
import { createAuthors } from '../support/accounts.ts';
import { quantile } from '../support/process-cost.ts';
import { type ServerProcess, startStet } from '../support/processes.ts';
import { Acks } from './acks.ts';

interface Options {
  authors: number;
  /** Rounds of kill -9; stops and drains are a quarter of it each. */
  rounds: number;
  /** One of the operations alone. */
  only: string | undefined;
}

/** `gapMs`: between two acknowledgements; `waitMs`: of one keystroke for its acknowledgement. The longest around a fault. */
interface Waits {
  gapMs: number;
  waitMs: number;
}

type Operation = 'kill -9' | 'SIGSTOP 3 s' | 'drain';

const NODES = ['a', 'b', 'c'] as const;
const KEYSTROKE_MS = 100;
const STOPPED_MS = 3_000;
/** Long enough for everybody to be back. */
const WATCHED_MS = 6_000;
const SETTLE_MS = 2_000;

export async function failover({ authors: count, rounds, only }: Options): Promise<void> {
  const postgres = await startPostgres();
  const redis = await startRedis();
  const databaseUrl = await postgres.createDatabase();
  const ports = await Promise.all(NODES.map(() => freePort()));
  const startNode = (index: number): Promise<ServerProcess> =>
    startStet({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis.url,
      NODE_ID: NODES[index],
      PORT: String(ports[index]),
      LOG_LEVEL: 'error',
      MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '1000',
    });
  const nodes: ServerProcess[] = [];
  for (const index of NODES.keys()) nodes.push(await startNode(index));

  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const authors = await createAuthors(databaseUrl, count);
  const timers: NodeJS.Timeout[] = [];
  const acks = new Map<string, Acks>();
  await Promise.all(
    authors.map(async ({ documentId, token }) => {
      const document = connect({ url: urls, token }).open(documentId);
      await document.synced;
      const noted = new Acks();
      acks.set(documentId, noted);
      document.status.subscribe(({ kind }) => {
        if (kind === 'saved') noted.acknowledged();
      });
      const text = document.ydoc.getText('body');
      const type = () => {
        noted.typed();
        text.insert(text.length, 'x');
      };
      timers.push(setInterval(type, KEYSTROKE_MS));
    }),
  );

  const client = new pg.Client(databaseUrl);
  await client.connect();
  const ownedBy = async (name: string): Promise<string[]> =>
    (
      await client.query<{ document_id: string }>('select document_id from draft_heads where owner_node like $1', [
        `${name}.%`,
      ])
    ).rows.map((row) => row.document_id);

  async function round(operation: Operation, index: number): Promise<Waits[]> {
    const owned = await ownedBy(NODES[index]!);
    const node = nodes[index]!;
    const from = performance.now();
    switch (operation) {
      case 'kill -9':
        await node.kill('SIGKILL');
        break;
      case 'drain':
        await node.kill('SIGTERM');
        break;
      case 'SIGSTOP 3 s':
        process.kill(node.pid, 'SIGSTOP');
        await delay(STOPPED_MS);
        process.kill(node.pid, 'SIGCONT');
        break;
    }
    await delay(Math.max(WATCHED_MS - (performance.now() - from), 0));
    const until = performance.now();
    if (operation !== 'SIGSTOP 3 s') nodes[index] = await startNode(index);
    await delay(SETTLE_MS);
    return owned.map((documentId) => {
      const noted = acks.get(documentId)!;
      return { gapMs: noted.longestGap(from, until), waitMs: noted.longestWait(from, until) };
    });
  }

  await delay(SETTLE_MS);
  const plan: [Operation, number][] = [
    ['kill -9', rounds],
    ['SIGSTOP 3 s', Math.ceil(rounds / 4)],
    ['drain', Math.ceil(rounds / 4)],
  ];
  let turn = 0;
  for (const [operation, times] of plan) {
    if (only !== undefined && only !== operation) continue;
    const waits: Waits[] = [];
    for (let done = 0; done < times; done += 1) {
      waits.push(...(await round(operation, turn % NODES.length)));
      turn += 1;
    }
    const ranked = (pick: (waits: Waits) => number) => waits.map(pick).sort((a, b) => a - b);
    const gaps = ranked(({ gapMs }) => gapMs);
    const edits = ranked(({ waitMs }) => waitMs);
    console.log(
      JSON.stringify({
        operation,
        rounds: times,
        failovers: waits.length,
        gapMsP50: Math.round(quantile(gaps, 0.5)),
        gapMsP99: Math.round(quantile(gaps, 0.99)),
        editMsP50: Math.round(quantile(edits, 0.5)),
        editMsP99: Math.round(quantile(edits, 0.99)),
      }),
    );
  }
  for (const timer of timers) clearInterval(timer);
  await client.end();
  for (const node of nodes) await node.kill('SIGKILL');
  await redis.stop();
  await postgres.stop();
}
