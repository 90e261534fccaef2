/**
 * Subscriptions to drafts on the server, for receivers that cannot open a document again themselves: a stock Yjs client,
 * an event stream. A receiver gives its position and gets the updates committed since, in order and without gaps (I7),
 * whichever node owns the document and however often that changes.
 *
 *   draft-subscription.ts  one document on this node   draft-subscriber.ts   one receiver
 *   catch-up-reads.ts      updates that were missed    subscribe-request.ts  what a receiver gives and gets
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Edits, ReopenReason } from '../../../../schemas/realtime.ts';
import { fullJitter } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { Users } from '../../user/users.ts';
import type { DocumentRouter } from '../router.ts';
import { createCatchUpReads, type UpdateSource } from './catch-up-reads.ts';
import { DraftSubscriber, type DraftSubscriberPorts } from './draft-subscriber.ts';
import { DraftSubscription } from './draft-subscription.ts';
import type { SubscribeRequest, SubscriberHandle } from './subscribe-request.ts';

export interface DraftSubscribersOptions {
  cluster: Cluster;
  router: DocumentRouter;
  users: Users;
  access: AccessPort;
  journal: UpdateSource;
  random: Random;
  log: Logger;
  limits: {
    /** Updates in one catch-up read, and concurrent reads. */
    maxCatchUpRows: number;
    maxCatchUpReads: number;
  };
}

export interface DraftSubscribers {
  /** Checks access and subscribes. A subscriber counts as a socket of its user. */
  subscribe(request: SubscribeRequest): Promise<{ ok: true; subscriber: SubscriberHandle } | Failure>;
  edits(message: Edits, except: string | undefined): void;
  reopen(documentId: string, reason: ReopenReason): void;
  head(documentId: string, epoch: number, seq: number): void;
  /** Documents with subscribers here that other nodes own: [document, owner]. */
  openElsewhere(): Iterable<[string, string]>;
  count(): number;
  /** Refuses new subscribers with `draining`, which sends them to another node. */
  stop(): void;
  /** Ends every subscriber with `draining`, spread over `spreadMs`, and refuses new ones. */
  drain(spreadMs: number): Promise<void>;
  close(): void;
}

export function createDraftSubscribers(options: DraftSubscribersOptions): DraftSubscribers {
  const { cluster, router, users, access, random, log, limits } = options;
  const subscriptions = new Map<string, DraftSubscription>();
  const subscribers = new Set<DraftSubscriber>();
  const reads = createCatchUpReads(options.journal, { rows: limits.maxCatchUpRows, inFlight: limits.maxCatchUpReads });
  let draining = false;

  /** The subscription to a document; one that could not be opened is removed when its last subscriber leaves. */
  function subscriptionOf(documentId: string): DraftSubscription {
    const subscription =
      subscriptions.get(documentId) ?? new DraftSubscription(documentId, { cluster, router, random, log });
    subscriptions.set(documentId, subscription);
    return subscription;
  }

  async function subscribe(request: SubscribeRequest): Promise<{ ok: true; subscriber: SubscriberHandle } | Failure> {
    const subscribed = draining ? failure('draining') : await begin(request);
    // While this node drains, another node may still serve it.
    return !subscribed.ok && subscribed.error.code === 'unavailable' && draining ? failure('draining') : subscribed;
  }

  async function begin(request: SubscribeRequest): Promise<{ ok: true; subscriber: SubscriberHandle } | Failure> {
    const { documentId, identity, from } = request;
    if (identity.tokenRights && !identity.tokenRights.scopes.includes('documents:read'))
      return failure('scope_missing');
    let subscription: DraftSubscription | undefined;
    const ports: DraftSubscriberPorts = {
      nodeId: cluster.nodeId,
      router,
      access,
      reads,
      random,
      log,
      ended(subscriber) {
        subscribers.delete(subscriber);
        users.leave(subscriber);
        if (!subscription?.remove(subscriber)) return;
        subscription.close();
        if (subscriptions.get(documentId) === subscription) subscriptions.delete(documentId);
      },
    };
    const subscriber = new DraftSubscriber(request, ports);
    const refuse = (refusal: Failure): Failure => {
      subscriber.end(refusal);
      return subscriber.failure ?? refusal;
    };
    const crowded = users.join(subscriber);
    if (crowded) return crowded;
    subscribers.add(subscriber);
    const denied = await subscriber.admit();
    if (denied) return refuse(denied);
    // I6: only now, so that a request without access opens nothing.
    if (subscriber.failure) return subscriber.failure;
    subscription = subscriptionOf(documentId);
    subscription.add(subscriber);
    const closed = await subscription.opened;
    if (closed) return refuse(closed);
    const lost = subscriber.accessIsStale ? await subscriber.admit() : undefined;
    if (lost) return refuse(lost);
    if (subscriber.failure) return subscriber.failure;
    subscriber.start(subscription, from);
    return { ok: true, subscriber };
  }

  return {
    subscribe: subscribe,
    edits: (message, except) => subscriptions.get(message.doc)?.edits(message, except),
    reopen: (documentId) => subscriptions.get(documentId)?.moved(),
    head: (documentId, _epoch, seq) => subscriptions.get(documentId)?.headSeen(seq),
    *openElsewhere() {
      for (const subscription of subscriptions.values()) {
        const owner = subscription.ownerElsewhere;
        if (owner !== undefined) yield [subscription.documentId, owner];
      }
    },
    count: () => subscribers.size,
    stop() {
      draining = true;
    },
    async drain(spreadMs) {
      draining = true;
      await Promise.all(
        [...subscribers].map(async (subscriber) => {
          await delay(fullJitter(spreadMs, random), undefined, { ref: false });
          subscriber.end(failure('draining'));
        }),
      );
    },
    close() {
      draining = true;
      for (const subscriber of [...subscribers]) subscriber.end(failure('draining'));
    },
  };
}
