/** What stands in front of every operation of the API: real tokens, limits and kept answers, and operations to try them. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { createCredentialStore } from '../../src/gateway/access/authenticate.ts';
import { createRateLimits, type RateLimits } from '../../src/gateway/access/rate-limits.ts';
import { createApi } from '../../src/gateway/api/kernel/app.ts';
import { createIdempotency } from '../../src/gateway/api/kernel/idempotency.ts';
import type { Operation } from '../../src/gateway/api/kernel/operation.ts';
import type { RequestInfo } from '../../src/gateway/api/kernel/request.ts';
import { tokenOperations } from '../../src/gateway/api/operations/tokens.ts';
import type { UserChange } from '../../src/ports/access.ts';
import { createSessionStore } from '../../src/storage/postgres/accounts/sessions.ts';
import { createTokenStore } from '../../src/storage/postgres/accounts/tokens.ts';
import { createIdempotencyStore } from '../../src/storage/postgres/idempotency.ts';
import { isUnavailable } from '../../src/storage/postgres/unavailable.ts';
import { openOrm } from './orm.ts';
import { migratedDatabase } from './shared-services.ts';
import { silentLog } from './silent-log.ts';
import { TurnedClock } from './turned-clock.ts';

export interface GateOptions {
  operations?: readonly Operation[];
  rates?: RateLimits;
  /** An existing database: another node of the same cluster. */
  databaseUrl?: string;
}

export interface GateCall {
  token?: string;
  json?: unknown;
  body?: NonNullable<RequestInit['body']>;
  headers?: Record<string, string>;
  info?: Partial<RequestInfo>;
}

export type Gate = Awaited<ReturnType<typeof startGate>>;

/** A node's gate; ends with the test. */
export async function startGate(t: Pick<ExecutionContext, 'teardown'>, options: GateOptions = {}) {
  const databaseUrl = options.databaseUrl ?? (await migratedDatabase());
  const orm = await openOrm(databaseUrl, 4);
  const clock = new TurnedClock();
  const log = silentLog;
  const sessions = createSessionStore({ orm, clock });
  const tokens = createTokenStore({ orm, clock, log });
  const kept = createIdempotencyStore({ orm, clock, log });
  t.teardown(async () => {
    kept.close();
    await tokens.close();
    await orm.close();
  });
  const published: { userId: string; change: UserChange }[] = [];
  const rates =
    options.rates ??
    createRateLimits({ perCredential: 10_000, perUser: 100_000, perAddress: 100_000, windowMs: 60_000, clock });
  const ports = {
    credentials: createCredentialStore(sessions, tokens),
    rates,
    idempotency: createIdempotency(kept, log),
    limits: { maxJsonBytes: 16_384, maxContentBytes: 65_536, maxUpdateBytes: 32_768 },
    isSecure: (_request: Request, info: RequestInfo) => info.secure,
    isUnavailable,
    log,
  };
  const onUserChange = (userId: string, change: UserChange) => published.push({ userId, change });
  const api = createApi([...tokenOperations({ tokens, log, onUserChange }), ...(options.operations ?? [])], ports);

  return {
    api,
    clock,
    databaseUrl,
    orm,
    ports,
    published,
    tokens,
    /** Sends a request as a client of `http://localhost:8080` does, or of `https://stet.example` when `secure`. */
    call(method: string, path: string, { token, json, body, headers: given, info }: GateCall = {}): Promise<Response> {
      const from = { remoteAddress: '192.0.2.7', secure: true, ...info };
      const headers = new Headers(given);
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
      const sent = json === undefined ? body : JSON.stringify(json);
      const base = from.secure ? 'https://stet.example' : 'http://localhost:8080';
      const init = { method, headers, ...(sent !== undefined && { body: sent, duplex: 'half' as const }) };
      return api.fetch(new Request(`${base}${path}`, init), from);
    },
    /** A new user who is signed in. */
    async author() {
      const userId = randomUUID();
      const handle = `author-${randomBytes(4).toString('hex')}`;
      // No test signs in with it: a password's hash would only take time.
      await orm.query(
        `insert into users (id, handle, password_hash, role, created_at) values ($1, $2, 'none', 'author', now())`,
        [userId, handle],
      );
      const user = { id: userId, handle, role: 'author' } as const;
      const actor = { kind: 'user', userId } as const;
      const { token } = await sessions.open({ user, userAgent: undefined, ip: undefined, actor });
      return { userId, handle, token };
    },
  };
}
