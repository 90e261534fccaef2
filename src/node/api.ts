/** The HTTP API of a node: its operations over storage, actors and streams. */
import { readFileSync } from 'node:fs';
import type { DocumentRouter } from '../actors/document/router.ts';
import type { DraftSubscribers } from '../actors/document/subscriptions/draft-subscribers.ts';
import type { Users } from '../actors/user/users.ts';
import type { Config } from '../config/config.ts';
import type { HandshakeTickets } from '../gateway/access/handshake-tickets.ts';
import { createKnownDevices } from '../gateway/access/known-devices.ts';
import { createRateLimits } from '../gateway/access/rate-limits.ts';
import { createSignInThrottle } from '../gateway/access/sign-in-throttle.ts';
import type { Site } from '../gateway/access/site.ts';
import { createContentWork } from '../gateway/api/content/content-work.ts';
import { type Api, type ApiPorts, createApi } from '../gateway/api/kernel/app.ts';
import { createIdempotency } from '../gateway/api/kernel/idempotency.ts';
import { apiOperations, type OperationPorts } from '../gateway/api/operations.ts';
import { createDocumentEvents } from '../gateway/api/streams/document-events.ts';
import type { UnreadBytes } from '../gateway/listener/unread-bytes.ts';
import { createPreview } from '../gateway/readers/pages/preview.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Identity } from '../ports/access.ts';
import type { Notify } from '../ports/notices.ts';
import type { Publisher } from '../publishing/publisher.ts';
import { isUnavailable } from '../storage/postgres/unavailable.ts';
import type { Accounts } from './accounts.ts';
import type { Parts } from './parts.ts';
import type { PublicParts } from './public.ts';
import {
  CONTENT_WORK,
  MAX_JSON_BYTES,
  PUBLICATIONS_RECHECK_MS,
  RATE_WINDOW_MS,
  SIGN_IN_ATTEMPTS,
  WEB_DIR,
} from './settings.ts';

export interface NodeApiPorts {
  accounts: Accounts;
  router: DocumentRouter;
  publisher: Publisher;
  draftSubscribers: DraftSubscribers;
  users: Users;
  /** Who read a document now, on all nodes. */
  readersOf(documentId: string): number;
  site: Site;
  /** An ioredis client, when the node has one. */
  redis: object | undefined;
  notify: Notify;
  /** Signs what the cluster hands out to know it again. */
  secret: Uint8Array;
  tickets: HandshakeTickets;
  published: PublicParts;
  unread: UnreadBytes;
  clock: Clock;
  log: Logger;
}

export interface NodeApi extends Api {
  /** Counts a request of an address that does not come through the API; false: it has had too many. */
  admit(address: string): boolean;
  /** Counts such a request of a session. Returns the milliseconds to wait when it or its user has had too many, else 0. */
  countSession(of: Pick<Identity, 'sessionId' | 'userId'>): number;
}

const PACKAGE = new URL('../../package.json', import.meta.url);

/** @param parts takes what has to be closed */
export function createNodeApi(config: Config, ports: NodeApiPorts, parts: Parts): NodeApi {
  const { accounts, router, publisher, draftSubscribers, users, redis, notify, published, clock, log } = ports;
  const content = createContentWork({ ...CONTENT_WORK, log });
  parts.add('content work', () => content.close());
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const rates = createRateLimits(
    {
      perCredential: config.apiRequestsPerMinute,
      perUser: config.apiRequestsPerUserPerMinute,
      perAddress: config.apiRequestsPerAddressPerMinute,
      windowMs: RATE_WINDOW_MS,
      clock,
      keyPrefix: config.redisPrefix,
    },
    redis,
  );
  const openDocumentEvents = createDocumentEvents({
    draftSubscribers,
    publications: accounts.revisions,
    newId: () => crypto.randomUUID(),
    log,
    recheckMs: PUBLICATIONS_RECHECK_MS,
  });
  const api: ApiPorts & OperationPorts = {
    ...accounts,
    drafts: {
      edit: (documentId, request) => router.editAnywhere(documentId, { ...request, connection: undefined }),
      read: router.read,
      write: router.write,
      stateAt: accounts.stateAt,
    },
    content,
    publicPages: published.pages,
    publicChannels: published.channels,
    viewCounts: published.viewCounts,
    readersOf: ports.readersOf,
    draftContents: router,
    renderPreview: createPreview({ webDir: WEB_DIR, site: ports.site }),
    publisher,
    openDocumentEvents,
    unread: ports.unread,
    devices: createKnownDevices(ports.secret),
    tickets: ports.tickets,
    attempts: createSignInThrottle({ ...SIGN_IN_ATTEMPTS, keyPrefix: config.redisPrefix }, redis),
    rates,
    idempotency: createIdempotency(accounts.idempotencyStore, log),
    clock,
    log,
    limits: {
      maxJsonBytes: MAX_JSON_BYTES,
      maxContentBytes: config.maxContentBytes,
      maxUpdateBytes: config.maxUpdateBytes,
    },
    isSecure: (_request, info) => info.secure,
    onUserChange: users.publish,
    notify,
    isUnavailable,
  };
  return {
    ...createApi(apiOperations(api, version), api),
    admit: (address) => rates.address(address).waitMs === 0,
    countSession: ({ sessionId, userId }) => rates.credential(sessionId).waitMs || rates.user(userId).waitMs,
  };
}
