/** The HTTP API on a real database, called without a listener: a clock to turn and a record of what was published. */

import { createCredentialStore } from '../../src/gateway/access/authenticate.ts';
import { createHandshakeTickets } from '../../src/gateway/access/handshake-tickets.ts';
import { createKnownDevices } from '../../src/gateway/access/known-devices.ts';
import type { RateLimits } from '../../src/gateway/access/rate-limits.ts';
import { createSignInThrottle, type SignInThrottleRules } from '../../src/gateway/access/sign-in-throttle.ts';
import { createSite } from '../../src/gateway/access/site.ts';
import { createContentWork } from '../../src/gateway/api/content/content-work.ts';
import { type ApiPorts, createApi } from '../../src/gateway/api/kernel/app.ts';
import { createIdempotency } from '../../src/gateway/api/kernel/idempotency.ts';
import type { RequestInfo } from '../../src/gateway/api/kernel/request.ts';
import { apiOperations, type OperationPorts } from '../../src/gateway/api/operations.ts';
import { UnreadBytes } from '../../src/gateway/listener/unread-bytes.ts';
import { renderPage } from '../../src/gateway/readers/pages/page.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { SIGN_IN_ATTEMPTS } from '../../src/node/settings.ts';
import type { UserChange } from '../../src/ports/access.ts';
import { OPERATOR } from '../../src/ports/actor.ts';
import type { Drafts } from '../../src/ports/drafts.ts';
import type { DocumentNotice } from '../../src/ports/notices.ts';
import { createPublisher, type DraftContents } from '../../src/publishing/publisher.ts';
import { createAccess } from '../../src/storage/postgres/accounts/access.ts';
import { createDocumentStore } from '../../src/storage/postgres/accounts/documents.ts';
import { createGrantStore } from '../../src/storage/postgres/accounts/grants.ts';
import { createPasswords, type PasswordLimits } from '../../src/storage/postgres/accounts/passwords.ts';
import { createSessionStore } from '../../src/storage/postgres/accounts/sessions.ts';
import { createTokenStore } from '../../src/storage/postgres/accounts/tokens.ts';
import { createUserStore } from '../../src/storage/postgres/accounts/users.ts';
import { createAuditTrail } from '../../src/storage/postgres/audit/events.ts';
import { createIdempotencyStore } from '../../src/storage/postgres/idempotency.ts';
import { createWritingSessions } from '../../src/storage/postgres/journal/writing-sessions.ts';
import { createViewCountStore } from '../../src/storage/postgres/public/counts.ts';
import { createPublicationStore } from '../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../src/storage/postgres/publishing/revisions.ts';
import { primaryReads } from '../../src/storage/postgres/replicas/replica-reads.ts';
import { isUnavailable } from '../../src/storage/postgres/unavailable.ts';
import { createDeliveryLog } from '../../src/storage/postgres/webhooks/deliveries.ts';
import { createWebhookStore } from '../../src/storage/postgres/webhooks/webhooks.ts';
import { newSecret, secretText } from '../../src/webhooks/signature.ts';
import { checkTarget } from '../../src/webhooks/targets.ts';
import { startDrafts } from './drafts.ts';
import { openOrm } from './orm.ts';
import { TurnedClock } from './turned-clock.ts';

export const PASSWORD = 'correct horse';

/** Says nothing. */
export const quiet: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => quiet,
};

export interface Call {
  token?: string;
  cookie?: string;
  json?: unknown;
  body?: NonNullable<RequestInit['body']>;
  headers?: Record<string, string>;
  info?: Partial<RequestInfo>;
}

export interface ApiHarnessOptions {
  /** With the present schema. */
  databaseUrl: string;
  attempts?: Partial<SignInThrottleRules>;
  passwords?: Partial<PasswordLimits>;
  /** `real`: journal, actors and router. Otherwise updates are written down, and what is given does the rest. */
  drafts?: 'real' | Partial<Drafts & DraftContents>;
  rates?: RateLimits;
}

export type ApiHarness = Awaited<ReturnType<typeof startApi>>;

const FREE = { limit: 1_000, remaining: 999, resetMs: 60_000, waitMs: 0 };
const unlimited: RateLimits = { address: () => FREE, credential: () => FREE, user: () => FREE };
const absent = () => Promise.reject(new Error('this harness has no drafts'));

/** Everything behind `/v1` on an own connection pool. */
export async function startApi(options: ApiHarnessOptions) {
  const orm = await openOrm(options.databaseUrl, 6, { log: quiet });
  const clock = new TurnedClock();
  const published: { userId: string; change: UserChange }[] = [];
  const notices: { channel: string; notice: DocumentNotice }[] = [];
  const edits: { documentId: string; update: Uint8Array; userId: string }[] = [];
  const accounts = createUserStore(orm, createPasswords({ parallel: 2, queued: 100, ...options.passwords }), clock);
  const sessions = createSessionStore({ orm, clock });
  const documents = createDocumentStore(orm, clock);
  const grants = createGrantStore(orm, clock);
  const access = createAccess(orm, clock);
  const real = options.drafts === 'real' ? startDrafts(options.databaseUrl) : undefined;
  const drafts: Drafts & DraftContents = real ?? {
    async edit(documentId, { author, update }) {
      edits.push({ documentId, update, userId: author.userId });
      return { ok: true, seq: edits.length };
    },
    write: absent,
    read: absent,
    stateAt: absent,
    ...(typeof options.drafts === 'object' && options.drafts),
  };
  const content = createContentWork({
    threads: 1,
    queued: 64,
    queuedOfUser: 64,
    cpuMs: 60_000,
    waitMs: 60_000,
    memoryMb: 256,
    cacheBytes: 0,
    log: quiet,
  });
  const notify = (channel: string, notice: DocumentNotice) => {
    notices.push({ channel, notice });
  };
  const tokens = createTokenStore({ orm, clock, log: quiet });
  const kept = createIdempotencyStore({ orm, clock, log: quiet });
  const revisions = createRevisionStore(orm);
  const ports: ApiPorts & OperationPorts = {
    accounts,
    documents,
    grants,
    credentials: createCredentialStore(sessions, tokens),
    sessions,
    tokens,
    access,
    drafts,
    content,
    publisher: createPublisher({ publishing: createPublicationStore(orm, clock), revisions, drafts, notify }),
    revisions,
    writingSessions: createWritingSessions(primaryReads(orm)),
    viewCounts: createViewCountStore(orm),
    readersOf: () => 0,
    draftContents: drafts,
    renderPreview: (_request, _secure, draft) =>
      renderPage(draft, {
        origin: 'http://localhost:8080',
        site: createSite(),
        style: 'reading.css',
        icon: 'icon.svg',
        script: 'viewer.js',
        language: 'en',
      }),
    audit: createAuditTrail(orm),
    webhooks: createWebhookStore({ orm, clock, checkTarget: (url) => checkTarget(url, false), newSecret, secretText }),
    deliveries: createDeliveryLog(orm, clock),
    openDocumentEvents: absent,
    publicPages: { page: absent },
    publicChannels: { subscribe: absent },
    unread: new UnreadBytes({
      maxUnreadBytes: 2 ** 30,
      maxUnreadBytesPerAddress: 2 ** 30,
      maxUnreadBytesPerConnection: 2 ** 30,
    }),
    devices: createKnownDevices(new Uint8Array(32)),
    tickets: createHandshakeTickets(new Uint8Array(32), clock),
    attempts: createSignInThrottle({ ...SIGN_IN_ATTEMPTS, ...options.attempts }),
    rates: options.rates ?? unlimited,
    idempotency: createIdempotency(kept, quiet),
    clock,
    log: quiet,
    limits: { maxJsonBytes: 16_384, maxContentBytes: 1_048_576, maxUpdateBytes: 65_536 },
    isSecure: (_request, info) => info.secure,
    onUserChange: (userId, change) => published.push({ userId, change }),
    notify,
    isUnavailable,
  };
  const api = createApi(apiOperations(ports, '0.0.0'), ports);

  /** Sends a request as a client of `http://localhost:8080` does, or of `https://stet.example` when `secure`. */
  async function call(method: string, path: string, call: Call = {}): Promise<Response> {
    const info = { remoteAddress: '127.0.0.1', secure: false, ...call.info };
    const headers = new Headers(call.headers);
    if (call.token !== undefined) headers.set('authorization', `Bearer ${call.token}`);
    if (call.cookie !== undefined) headers.set('cookie', call.cookie);
    const init: RequestInit = { method, headers };
    if (call.json !== undefined) {
      init.body = JSON.stringify(call.json);
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    }
    if (call.body !== undefined) init.body = call.body;
    const base = info.secure ? 'https://stet.example' : 'http://localhost:8080';
    return api.fetch(new Request(`${base}${path}`, init), info);
  }

  let made = 0;
  /** A new author who is signed in. */
  async function author(prefix = 'author') {
    made += 1;
    const handle = `${prefix}-${process.pid}-${made}-${crypto.randomUUID().slice(0, 6)}`;
    const created = await accounts.create({ handle, password: PASSWORD, role: 'author' }, OPERATOR);
    if (!created.ok) throw new Error(created.reason);
    const { token, identity } = await sessions.open({
      user: created.user,
      userAgent: undefined,
      ip: undefined,
      actor: OPERATOR,
    });
    return { handle, token, identity, userId: created.user.id };
  }

  /** A new document of a user; its id. */
  async function document(token: string, title = 'A title'): Promise<string> {
    const response = await call('POST', '/v1/documents', { token, json: { title } });
    const { id } = (await response.json()) as { id: string };
    return id;
  }

  return {
    orm,
    clock,
    published,
    notices,
    edits,
    accounts,
    sessions,
    documents,
    grants,
    access,
    call,
    send: (request: Request) => api.fetch(request, { remoteAddress: '127.0.0.1', secure: false }),
    author,
    document,
    async close() {
      await real?.close();
      await content.close();
      await tokens.close();
      kept.close();
      await orm.close();
    },
  };
}
