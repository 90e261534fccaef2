// What a chaos run runs against: PostgreSQL and Redis of its own, the nodes, and the accounts and documents in them.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OPERATOR } from '../../src/ports/actor.ts';
import { createPasswords } from '../../src/storage/postgres/accounts/passwords.ts';
import { createUserStore } from '../../src/storage/postgres/accounts/users.ts';
import { createOrm } from '../../src/storage/postgres/orm.ts';
import { STET } from '../support/root.ts';
import { startPostgres, startRedis, type TestPostgres, type TestRedis, temporaryFolder } from '../support/services.ts';
import { silentLog } from '../support/silent-log.ts';
import { NodeProcess } from './node-process.ts';
import type { Operations } from './operations.ts';
import type { ChaosOptions } from './options.ts';

export interface User {
  readonly id: string;
  readonly handle: string;
  readonly token: string;
}

export interface Cluster {
  readonly postgres: TestPostgres;
  readonly redis: TestRedis;
  readonly nodes: readonly NodeProcess[];
  readonly databaseUrl: string;
  /** Set while PostgreSQL is away. */
  postgresAway: boolean;
  stop(): Promise<void>;
}

const PASSWORD = 'chaos and order';
/** Below the ports that outgoing connections take: a node that is away must find its port free when it comes back. */
const PORTS = { first: 20_011, last: 31_999 } as const;

export async function startCluster(options: ChaosOptions, operations: Operations): Promise<Cluster> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const folder = temporaryFolder('chaos');
    stops.push(async () => folder.remove());
    const [postgres, redis] = await Promise.all([startPostgres({ perturb: options.perturb }), startRedis()]);
    stops.push(
      () => postgres.stop(),
      () => redis.stop(),
    );
    const databaseUrl = await postgres.createDatabase();
    const cluster: Cluster = { postgres, redis, nodes: [], databaseUrl, postgresAway: false, stop };
    const nodes: NodeProcess[] = [];
    const ports = await freePorts(options.nodes);
    for (const [index, port] of ports.entries()) {
      const name = String.fromCharCode('a'.charCodeAt(0) + index);
      nodes.push(
        new NodeProcess({
          name,
          port,
          logFile: join(options.logs ?? folder.path, `node-${name}.log`),
          environment: {
            HOST: '127.0.0.1',
            DATABASE_URL: databaseUrl,
            REDIS_URL: redis.url,
            DATA_DIR: join(folder.path, name),
            LISTENER: options.listener,
            LOG_LEVEL: 'info',
            // The run starts its nodes again itself, and a node that fails is a finding.
            RESTART: 'never',
            ...(options.mutant ? { STET_CHAOS_FAULT: options.mutant } : {}),
          },
          command: options.mutant ? [fileURLToPath(new URL('faulty-node.ts', import.meta.url))] : [STET, 'start'],
          operations,
          mayFailToStart: () => cluster.postgresAway,
        }),
      );
    }
    stops.push(async () => {
      await Promise.all(nodes.map((node) => node.kill()));
    });
    await Promise.all(nodes.map((node) => node.start()));
    return Object.assign(cluster, { nodes });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  // Begins somewhere else for each process, so that runs beside each other do not meet.
  for (let port = PORTS.first + ((process.pid * 37) % 9_000); ports.length < count && port <= PORTS.last; port += 1) {
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) ports.push(port);
  }
  if (ports.length < count) throw new Error('no free ports');
  return ports;
}

/** Makes accounts and signs them in. */
export async function makeUsers(cluster: Cluster, handles: readonly string[]): Promise<User[]> {
  const orm = await createOrm({ databaseUrl: cluster.databaseUrl, log: silentLog, poolSize: 2 });
  try {
    const users = createUserStore(orm, createPasswords({ parallel: 2, queued: handles.length }), { now: Date.now });
    await Promise.all(
      handles.map(async (handle) => {
        const made = await users.create({ handle, password: PASSWORD, role: 'author' }, OPERATOR);
        if (!made.ok) throw new Error(`user ${handle}: ${made.reason}`);
      }),
    );
  } finally {
    await orm.close();
  }
  return await Promise.all(
    handles.map(async (handle, index) => {
      const node = cluster.nodes[index % cluster.nodes.length]!;
      const { token, user } = await ask<{ token: string; user: { id: string } }>(node, 'POST', '/v1/sessions', {
        handle,
        password: PASSWORD,
      });
      return { id: user.id, handle, token };
    }),
  );
}

/** Makes a document of `owner` in which the others may write, and `reader` may read. Returns its id. */
export async function makeDocument(
  cluster: Cluster,
  owner: User,
  writers: readonly User[],
  reader: User,
): Promise<string> {
  const node = cluster.nodes[0]!;
  const { id } = await ask<{ id: string }>(node, 'POST', '/v1/documents', { title: 'Chaos' }, owner);
  const grants = [...new Set(writers)].filter((user) => user !== owner).map((user) => [user, 'edit'] as const);
  for (const [user, level] of [...grants, [reader, 'view'] as const]) {
    await ask(node, 'PUT', `/v1/documents/${id}/grants/${user.handle}`, { level }, owner);
  }
  return id;
}

/** Publishes a document for everybody, once; its name in addresses. */
export async function makePublic(cluster: Cluster, documentId: string, owner: User): Promise<string> {
  const node = cluster.nodes[0]!;
  const change = { visibility: 'public' };
  const { slug } = await ask<{ slug: string }>(node, 'PATCH', `/v1/documents/${documentId}`, change, owner);
  await ask(node, 'POST', `/v1/documents/${documentId}/publish`, {}, owner);
  return slug;
}

/** Comes back as the answer says: a busy machine may have its nodes say `unavailable` before anything was broken. */
async function ask<T>(node: NodeProcess, method: string, path: string, body: object, user?: User): Promise<T> {
  for (;;) {
    const answer = await fetch(`${node.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(user ? { authorization: `Bearer ${user.token}` } : {}) },
      body: JSON.stringify(body),
    });
    if (answer.ok) return (await answer.json()) as T;
    const problem = (await answer.json()) as { code?: string; retryAfterMs?: number };
    if (problem.retryAfterMs === undefined) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(problem)}`);
    }
    await delay(problem.retryAfterMs);
  }
}
