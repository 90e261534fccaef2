/**
 * Sends queued deliveries; every node runs one. A delivery is claimed for the length of a lease, attempted once and settled, so one
 * that a dead node had claimed is attempted by another: receivers get each at least once, and recognise duplicates by
 * `webhook-id`. Knows nothing of who enqueues.
 *
 * I9: concurrent attempts are limited on a node, to a host and for a user: a receiver that hangs delays no one else.
 */
import { fullJitter, varied } from '../lib/backoff.ts';
import type { Clock, Random } from '../lib/clock.ts';
import { coalesce } from '../lib/coalesce.ts';
import { withDeadline } from '../lib/deadline.ts';
import type { Logger } from '../lib/logger.ts';
import { later } from '../lib/timers.ts';
import type { ClaimedDelivery, DeliveryOutcome, DeliveryQueue } from '../ports/delivery-queue.ts';
import { createPublicResolve, type PostResult, post, type Resolve, systemResolve } from './post.ts';
import { retryAfterMs, retryDelayMs } from './retries.ts';
import { signedHeaders } from './signature.ts';
import { checkTarget, isPublic } from './targets.ts';

export interface WebhookLimits {
  /** Milliseconds that one attempt may take. */
  timeoutMs: number;
  /** Milliseconds over which edits of a document gather. */
  editMs: number;
  /** Attempts at once on this node. Default 8. */
  parallel?: number;
  /** Of these to one host. Default 2. */
  perHost?: number;
  /** Of these for one user. Default 4. */
  perUser?: number;
  /** Milliseconds between looks at the queue, on the average. Default 1,000. */
  pollMs?: number;
  /** Milliseconds beyond the time of an attempt after which it counts as lost. Default 20,000. */
  lostMs?: number;
}

export interface WebhookSenderOptions {
  queue: DeliveryQueue;
  clock: Clock;
  log: Logger;
  random: Random;
  /** Default: DNS; the system's resolver where private addresses are allowed. */
  resolve?: Resolve;
  /** Whether loopback and private addresses may be sent to. */
  allowPrivate: boolean;
  limits: WebhookLimits;
}

export interface WebhookSender {
  /** Claims nothing more, gives running attempts a moment to end, and releases the others. Idempotent. */
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** Deliveries are kept in the log this long. */
const KEEP_MS = 30 * DAY_MS;
const PURGE_EVERY_MS = 3_600_000;
const PURGE_BATCH = 1_000;
/** A webhook whose every attempt failed for this long is switched off. */
const SWITCH_OFF_AFTER_MS = 5 * DAY_MS;
const GONE = 410;
const END_MS = 2_000;

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { queue, clock, log, random, allowPrivate } = options;
  const { resolve = allowPrivate ? systemResolve : createPublicResolve() } = options;
  const { timeoutMs, editMs, parallel = 8, perHost = 2, perUser = 4, pollMs = 1_000, lostMs = 20_000 } = options.limits;
  const running = new Map<Promise<void>, ClaimedDelivery>();
  const aborts = new Set<AbortController>();
  const isAllowed = (address: string) => allowPrivate || isPublic(address);
  let closed = false;
  let stopped = false;
  let isUnavailable = false;
  let nextPurgeAt = clock.now() + fullJitter(PURGE_EVERY_MS, random);

  /** Which hosts or users are at their limit of concurrent attempts. */
  function atLimit(of: (delivery: ClaimedDelivery) => string, limit: number): string[] {
    const counts = new Map<string, number>();
    for (const delivery of running.values()) counts.set(of(delivery), (counts.get(of(delivery)) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= limit).map(([name]) => name);
  }

  /** Starts attempts until nothing is due or the limit is reached. */
  async function claimDue(): Promise<void> {
    while (!closed && running.size < parallel) {
      const delivery = await queue.claim({
        leaseMs: timeoutMs + lostMs,
        editMs,
        busyHosts: atLimit(({ host }) => host, perHost),
        busyUsers: atLimit(({ userId }) => userId, perUser),
      });
      if (!delivery) return;
      const attempt = deliver(delivery).finally(() => {
        running.delete(attempt);
        void workOff();
      });
      running.set(attempt, delivery);
    }
  }

  async function purge(): Promise<void> {
    if (clock.now() < nextPurgeAt) return;
    nextPurgeAt = clock.now() + PURGE_EVERY_MS;
    while (!closed && (await queue.purge(clock.now() - KEEP_MS, PURGE_BATCH)) === PURGE_BATCH);
  }

  /** Starts what is due. Does nothing once closed. */
  const workOff = coalesce(async () => {
    if (closed) return;
    try {
      await claimDue();
      await purge();
      isUnavailable = false;
    } catch (error) {
      if (!isUnavailable && !closed) log.warn({ err: error }, 'could not read the queue of webhook deliveries');
      isUnavailable = true;
    }
  });

  /** One attempt from claim to outcome. Never rejects: an unsettled delivery is due again after its lease. */
  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const { id: deliveryId, webhookId, attempt } = delivery;
    try {
      const outcome = await attemptOf(delivery);
      await queue.settle(delivery, outcome);
      log.debug({ webhookId, deliveryId, attempt, outcome: outcome.kind }, 'webhook delivery attempted');
      const reason = await switchOffReason(delivery, outcome);
      if (reason === undefined) return;
      await queue.switchOff(webhookId, reason);
      log.info({ webhookId, userId: delivery.userId, reason }, 'webhook disabled');
    } catch (error) {
      log.warn({ err: error, webhookId, deliveryId, attempt }, 'could not store the outcome of a webhook delivery');
    }
  }

  async function attemptOf(delivery: ClaimedDelivery): Promise<DeliveryOutcome> {
    if (!delivery.permitted) return { kind: 'withheld', error: 'you no longer have access to the document' };
    const target = checkTarget(delivery.url, allowPrivate);
    if (!target.ok) return { kind: 'withheld', error: `the URL ${target.detail}` };
    const { id, event, createdAt, data, secrets } = delivery;
    const body = JSON.stringify({ type: event, timestamp: new Date(createdAt).toISOString(), data });
    const abort = new AbortController();
    aborts.add(abort);
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    const posted = await post(target.url, {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Stet-Webhooks/1',
        ...signedHeaders({ id, at: clock.now(), body, secrets }),
      },
      body,
      resolve,
      isAllowed,
      signal: abort.signal,
    });
    clearTimeout(timer);
    aborts.delete(abort);
    if (posted.kind === 'unanswered' && stopped) return { kind: 'released' };
    return outcomeOf(delivery, posted);
  }

  function outcomeOf({ tries }: ClaimedDelivery, posted: PostResult): DeliveryOutcome {
    const answered = posted.kind === 'answered';
    const status = answered ? posted.status : null;
    if (status !== null && status >= 200 && status < 300) return { kind: 'delivered', status };
    const error = answered ? `responded with HTTP ${posted.status}` : posted.reason;
    if (status === GONE) return { kind: 'failed', status, error };
    const askedMs = answered ? retryAfterMs(posted.status, posted.retryAfter, clock.now()) : undefined;
    const pause = retryDelayMs(tries, askedMs, random);
    if (pause === undefined) return { kind: 'failed', status, error };
    return { kind: 'retry', status, error, at: clock.now() + pause };
  }

  /** Why the webhook is to be switched off after this outcome, if it is. */
  async function switchOffReason(
    { webhookId }: ClaimedDelivery,
    outcome: DeliveryOutcome,
  ): Promise<string | undefined> {
    if (outcome.kind !== 'failed' && outcome.kind !== 'retry') return undefined;
    if (outcome.status === GONE) return 'the receiver responded with HTTP 410 (Gone)';
    const since = await queue.failingSince(webhookId);
    return since !== undefined && clock.now() - since >= SWITCH_OFF_AFTER_MS
      ? 'all attempts failed for 5 days'
      : undefined;
  }

  let timer: NodeJS.Timeout;
  // Nodes look at different times.
  const schedule = () => {
    timer = later(varied(pollMs, 0.5, random), 'webhooks', log, () => {
      schedule();
      void workOff();
    });
  };
  schedule();

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await workOff();
    const ended = Promise.all(running.keys());
    await withDeadline(ended, END_MS, () => undefined);
    stopped = true;
    for (const abort of aborts) abort.abort();
    await ended;
  }
  let closing: Promise<void> | undefined;
  return {
    close() {
      closing ??= close();
      return closing;
    },
  };
}
