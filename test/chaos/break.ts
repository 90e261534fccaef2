// Carries the planned faults out. Each is noted when it begins and when it is mended.
import { setTimeout as delay } from 'node:timers/promises';
import type { Author } from './author.ts';
import type { Cluster } from './cluster.ts';
import { readOwners } from './evidence.ts';
import type { Span } from './failovers.ts';
import type { NodeProcess } from './node-process.ts';
import type { Operations } from './operations.ts';
import type { Fault, PlannedFault, Victim } from './plan.ts';

/** A node that went away while authors depended on it. */
export interface NodeLoss {
  readonly kind: string;
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** Connected to the node, or writing in a document that it owned. */
  readonly authors: readonly Author[];
}

export interface Broken {
  readonly losses: NodeLoss[];
  /** When PostgreSQL or Redis was away, and a moment after. */
  readonly outages: Span[];
}

type NodeFault = Extract<Fault, { node: Victim }>;

const START_ATTEMPTS = 5;
const RECOVERY_MS = 1_500;

/** Resolves when the last fault is mended. Throws when something does not come back. */
export async function carryOut(
  plan: readonly PlannedFault[],
  cluster: Cluster,
  authors: readonly Author[],
  operations: Operations,
): Promise<Broken> {
  const broken: Broken = { losses: [], outages: [] };
  const startedAt = performance.now();
  const busy: Promise<void>[] = [];
  for (const { atMs, fault } of plan) {
    await delay(Math.max(atMs - (performance.now() - startedAt), 0));
    const done =
      'node' in fault
        ? breakNode(fault, cluster, authors, operations, broken)
        : breakService(fault, cluster, operations, broken);
    // Its error is thrown in the end; until then the others go on.
    done.catch(() => undefined);
    busy.push(done);
  }
  await Promise.all(busy);
  return broken;
}

/** The planned node, or the next one that is up; none when the cluster would be left without. */
function findVictim(
  planned: Victim,
  nodes: readonly NodeProcess[],
  owners: ReadonlyMap<string, string>,
): NodeProcess | undefined {
  if (nodes.filter((node) => node.isUp).length < 2) return undefined;
  const owned = (node: NodeProcess): number => [...owners.values()].filter((name) => name === node.name).length;
  const first =
    planned === 'busiest' ? nodes.indexOf([...nodes].sort((one, other) => owned(other) - owned(one))[0]!) : planned;
  return nodes.map((_, index) => nodes[(first + index) % nodes.length]!).find((node) => node.isUp);
}

async function breakNode(
  fault: NodeFault,
  cluster: Cluster,
  authors: readonly Author[],
  operations: Operations,
  broken: Broken,
): Promise<void> {
  const owners = await readOwners(cluster.databaseUrl);
  const node = findVictim(fault.node, cluster.nodes, owners);
  if (!node) {
    operations.note(`${fault.kind}: left out, too few nodes are up`);
    return;
  }
  const index = cluster.nodes.indexOf(node);
  const owned = authors.filter((author) => author.isHere && owners.get(author.documentId) === node.name);
  const cutOff = authors.filter((author) => author.isHere && (author.node === index || owned.includes(author)));
  if (fault.kind !== 'vanish') broken.losses.push({ kind: fault.kind, at: performance.now(), authors: cutOff });
  const what = `${owned.length} authors in its documents, ${cutOff.length} affected`;
  switch (fault.kind) {
    case 'kill':
      operations.note(`SIGKILL node ${node.name} for ${fault.downMs} ms (${what})`);
      await node.kill();
      break;
    case 'vanish':
      operations.note(`SIGKILL node ${node.name} for ${fault.downMs} ms, and the clients with it (${what})`);
      for (const author of owned) author.vanish();
      await node.kill();
      break;
    case 'drain':
      operations.note(`SIGTERM node ${node.name} (${what})`);
      await node.drain();
      operations.note(`node ${node.name} has ended; down for ${fault.downMs} ms`);
      break;
    case 'pause':
      operations.note(`SIGSTOP node ${node.name} for ${fault.downMs} ms (${what})`);
      node.pause();
      await delay(fault.downMs);
      node.resume();
      operations.note(`SIGCONT node ${node.name}`);
      return;
  }
  await delay(fault.downMs);
  if (fault.kind === 'vanish') for (const author of owned) author.return();
  await node.start();
  operations.note(`node ${node.name} is back`);
}

async function breakService(
  fault: Exclude<Fault, NodeFault>,
  cluster: Cluster,
  operations: Operations,
  broken: Broken,
): Promise<void> {
  const { redis, postgres } = cluster;
  const from = performance.now();
  switch (fault.kind) {
    case 'flush-redis':
      operations.note('FLUSHALL');
      await redis.flushAll();
      return;
    case 'kill-redis':
      operations.note(`SIGKILL Redis for ${fault.downMs} ms`);
      await redis.kill();
      await delay(fault.downMs);
      await redis.restart();
      operations.note('Redis is back');
      break;
    case 'stop-postgres':
      operations.note(`PostgreSQL stopped immediately for ${fault.downMs} ms`);
      cluster.postgresAway = true;
      await postgres.stopImmediate();
      await delay(fault.downMs);
      await startAgain(() => postgres.start());
      operations.note('PostgreSQL is back');
      setTimeout(() => {
        cluster.postgresAway = false;
      }, RECOVERY_MS);
      break;
  }
  broken.outages.push({ from, to: performance.now() + RECOVERY_MS });
}

/** Its port may have been taken meanwhile by an outgoing connection, which does not last. */
async function startAgain(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      return;
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
      await delay(200 * attempt);
    }
  }
}
