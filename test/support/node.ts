/**
 * Nodes in this process on a database of their own: starts them through the composition root, on free ports, and makes
 * the authors and documents that tests need. Everything ends with the test.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { Role } from '../../schemas/realtime.ts';
import { resolveConfig } from '../../src/config/config.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { type Replacements, type RunningNode, startNode } from '../../src/main.ts';
import type { Identity } from '../../src/ports/access.ts';
import { OPERATOR } from '../../src/ports/actor.ts';
import { createDocumentStore } from '../../src/storage/postgres/accounts/documents.ts';
import { createSessionStore } from '../../src/storage/postgres/accounts/sessions.ts';
import type { Orm } from '../../src/storage/postgres/orm.ts';
import { openOrm } from './orm.ts';
import { migrateDatabase, migratedDatabase } from './shared-services.ts';
import { silentLog } from './silent-log.ts';

/** Both listeners; what a socket sees must not depend on which one serves it. */
export const LISTENERS = ['uws', 'node'] as const;
export type ListenerKind = (typeof LISTENERS)[number];

export interface TestAuthor extends Identity {
  readonly token: string;
}

export interface TestNode extends RunningNode {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** A path of the operators' port. */
  ops(path: '/healthz' | '/readyz' | '/metrics'): Promise<Response>;
  /** Calls the HTTP API as a user; JSON body if there is one. */
  call(method: string, path: string, author?: TestAuthor, json?: unknown): Promise<Response>;
}

export interface World {
  readonly databaseUrl: string;
  readonly orm: Orm;
  /** Starts a node. Settings by their environment variables; the defaults are a quiet node alone on a free port. */
  node(env?: Record<string, string>, replacements?: Replacements): Promise<TestNode>;
  /** A new user with a session. `lifetimeMs`: of the session, milliseconds. */
  author(prefix?: string, lifetimeMs?: number): Promise<TestAuthor>;
  /** Another session of a user. */
  session(author: TestAuthor): Promise<TestAuthor>;
  /** A new document; its id. Its maker owns it. */
  document(owner: TestAuthor): Promise<string>;
  /** Sets a level in the database without notifying any node: for grants made before anything is open. */
  grant(documentId: string, author: TestAuthor, level: Role): Promise<void>;
}

export interface WorldOptions {
  /** An existing empty database; left out, a fresh one in the shared PostgreSQL. */
  databaseUrl?: string;
  log?: Logger;
}

/** @returns the means to build a test's world; released in the test's teardown, nodes before the database */
export async function createWorld(t: ExecutionContext, options: WorldOptions = {}): Promise<World> {
  const databaseUrl = options.databaseUrl ?? (await migratedDatabase());
  if (options.databaseUrl !== undefined) await migrateDatabase(databaseUrl);
  const log = options.log ?? silentLog;
  const orm = await openOrm(databaseUrl, 2);
  const nodes: RunningNode[] = [];
  t.teardown(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await orm.close();
  });
  const clock = { now: Date.now };
  const documents = createDocumentStore(orm, clock);

  async function openSession(userId: string, handle: string, lifetimeMs?: number): Promise<TestAuthor> {
    const sessions = createSessionStore({ orm, clock, ...(lifetimeMs === undefined ? {} : { lifetimeMs }) });
    const user = { id: userId, handle, role: 'author' } as const;
    const { token, identity } = await sessions.open({ user, userAgent: undefined, ip: undefined, actor: OPERATOR });
    return { ...identity, token };
  }

  return {
    databaseUrl,
    orm,
    async node(env = {}, replacements = {}) {
      const config = resolveConfig({
        PORT: '0',
        LISTENER: 'node',
        NODE_ID: `test-${randomBytes(3).toString('hex')}`,
        DRAIN_MS: '2000',
        ...env,
      });
      const running = await startNode({ ...config, databaseUrl }, log, replacements);
      nodes.push(running);
      const url = `http://127.0.0.1:${running.port}`;
      return {
        ...running,
        url,
        ops: (path) => fetch(`http://127.0.0.1:${running.opsPort}${path}`),
        call(method, path, author, json) {
          const headers = new Headers();
          if (author) headers.set('authorization', `Bearer ${author.token}`);
          if (json !== undefined) headers.set('content-type', 'application/json');
          return fetch(new URL(path, url), {
            method,
            headers,
            ...(json === undefined ? {} : { body: JSON.stringify(json) }),
          });
        },
      };
    },
    async author(prefix = 'author', lifetimeMs) {
      const handle = `${prefix}-${randomBytes(4).toString('hex')}`;
      const userId = randomUUID();
      // No test signs in with it: a password's hash would only take time.
      await orm.query(
        `insert into users (id, handle, password_hash, role, created_at) values ($1, $2, 'none', 'author', now())`,
        [userId, handle],
      );
      return await openSession(userId, handle, lifetimeMs);
    },
    session: ({ userId, handle }) => openSession(userId, handle),
    async document(owner) {
      const actor = { kind: 'user', userId: owner.userId, sessionId: owner.sessionId } as const;
      const made = await documents.create(actor, owner.handle, { title: 'A text' });
      if (!made.ok) throw new Error(made.error.code);
      return made.document.id;
    },
    async grant(documentId, author, level) {
      await orm.query(
        `insert into grants (document_id, user_id, level, created_at) values ($1, $2, $3, now())
         on conflict (document_id, user_id) do update set level = excluded.level`,
        [documentId, author.userId, level],
      );
    },
  };
}
