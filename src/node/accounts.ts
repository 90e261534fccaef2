/** The storage of accounts, documents and publications, as the front doors use it. */
import type { Config } from '../config/config.ts';
import { createCredentialStore } from '../gateway/access/authenticate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { createAccess } from '../storage/postgres/accounts/access.ts';
import { createDocumentStore } from '../storage/postgres/accounts/documents.ts';
import { createGrantStore } from '../storage/postgres/accounts/grants.ts';
import { createPasswords } from '../storage/postgres/accounts/passwords.ts';
import { createSessionStore } from '../storage/postgres/accounts/sessions.ts';
import { createTokenStore } from '../storage/postgres/accounts/tokens.ts';
import { createUserStore } from '../storage/postgres/accounts/users.ts';
import { createAuditTrail } from '../storage/postgres/audit/events.ts';
import { createIdempotencyStore } from '../storage/postgres/idempotency.ts';
import { createStateAt } from '../storage/postgres/journal/draft-history.ts';
import { createWritingSessions } from '../storage/postgres/journal/writing-sessions.ts';
import type { Orm } from '../storage/postgres/orm.ts';
import { createPublicationStore } from '../storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../storage/postgres/publishing/revisions.ts';
import { createReplicaReads } from '../storage/postgres/replicas/replica-reads.ts';
import type { PositionStore } from '../storage/postgres/replicas/write-positions.ts';
import { createDeliveryLog } from '../storage/postgres/webhooks/deliveries.ts';
import { createWebhookStore } from '../storage/postgres/webhooks/webhooks.ts';
import { newSecret, secretText } from '../webhooks/signature.ts';
import { checkTarget } from '../webhooks/targets.ts';
import type { Parts } from './parts.ts';
import { PASSWORDS, REPLICAS } from './settings.ts';

export type Accounts = ReturnType<typeof openAccounts>;

export interface AccountsPorts {
  orm: Orm;
  /** An ioredis client, when the node has one. */
  redis: PositionStore | undefined;
  clock: Clock;
  log: Logger;
}

/** @param parts takes what has to be closed */
export function openAccounts(config: Config, { orm, redis, clock, log }: AccountsPorts, parts: Parts) {
  const reads = createReplicaReads({
    primary: orm,
    replicaUrls: config.replicaUrls,
    store: redis,
    keyPrefix: config.redisPrefix,
    maxLagMs: config.replicaMaxLagMs,
    ...REPLICAS,
    clock,
    log,
  });
  parts.add('replicas', () => reads.close());
  const sessions = createSessionStore({ orm, clock });
  const tokens = createTokenStore({ orm, clock, log });
  parts.add('tokens', () => tokens.close());
  const idempotencyStore = createIdempotencyStore({ orm, clock, log });
  parts.add('idempotency', () => idempotencyStore.close());
  return {
    access: createAccess(orm, clock),
    accounts: createUserStore(orm, createPasswords(PASSWORDS), clock),
    audit: createAuditTrail(orm, reads),
    deliveries: createDeliveryLog(orm, clock),
    documents: createDocumentStore(orm, clock, reads, config.siteLanguage),
    grants: createGrantStore(orm, clock),
    credentials: createCredentialStore(sessions, tokens),
    idempotencyStore,
    publishing: createPublicationStore(orm, clock),
    reads,
    revisions: createRevisionStore(orm, reads, config.siteLanguage),
    sessions,
    tokens,
    webhooks: createWebhookStore({
      orm,
      clock,
      newSecret,
      secretText,
      checkTarget: (url) => checkTarget(url, config.webhookAllowPrivate),
    }),
    /** Draft history for readers of it, maybe from a replica; writes based on it read the journal. */
    stateAt: createStateAt(async (_name, text, values, isEnough) => {
      const { rows } = await reads.query(undefined, text, values, isEnough);
      return rows;
    }, log),
    writingSessions: createWritingSessions(reads),
    recordWrite: reads.recordWrite,
  };
}
