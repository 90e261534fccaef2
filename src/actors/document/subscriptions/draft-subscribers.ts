/**
 * Server-side participants of documents, for receivers that cannot open a document again themselves: a stock Yjs client,
 * an event stream. A receiver says where it is and gets what was committed since, in order, without gaps (I7), wherever
 * the document is held and however often it moves.
 *
 *   feed.ts     a document on this node     member.ts  one follower
 *   reads.ts    what was missed             pause.ts   between attempts
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Edits, ReopenReason } from '../../../../schemas/realtime.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { Users } from '../../user/users.ts';
import type { DocumentRouter } from '../router.ts';
import { createReads, type UpdateSource } from './catch-up-reads.ts';
import { Member, type MemberPorts } from './draft-subscriber.ts';
import { Feed } from './draft-subscription.ts';
import type { Follower, FollowRequest } from './subscribe-request.ts';

export interface FollowersOptions {
  cluster: Cluster;
  router: DocumentRouter;
  users: Users;
  access: AccessPort;
  journal: UpdateSource;
  random: Random;
  log: Logger;
  limits: {
    /** Updates in one read of what was missed, and reads at a time. */
    maxCatchUpRows: number;
    maxCatchUpReads: number;
  };
}

export interface Followers {
  /** Checks access and follows. A follower counts as a socket of its user. */
  follow(request: FollowRequest): Promise<{ ok: true; follower: Follower } | Failure>;
  edits(message: Edits, except: string | undefined): void;
  reopen(documentId: string, reason: ReopenReason): void;
  head(documentId: string, epoch: number, seq: number): void;
  /** Documents followed here and held by other nodes: [document, owner]. */
  openElsewhere(): Iterable<[string, string]>;
  count(): number;
  /** Takes no more: who comes from now on is sent to another node. */
  stop(): void;
  /** Ends every follower with `draining`, spread over `spreadMs`, and takes no more. */
  drain(spreadMs: number): Promise<void>;
  close(): void;
}

export function createFollowers(options: FollowersOptions): Followers {
  const { cluster, router, users, access, random, log, limits } = options;
  const feeds = new Map<string, Feed>();
  const members = new Set<Member>();
  const reads = createReads(options.journal, { rows: limits.maxCatchUpRows, inFlight: limits.maxCatchUpReads });
  let draining = false;

  /** The feed of a document; one that could not be opened is forgotten when its last follower leaves. */
  function feedOf(documentId: string): Feed {
    const feed = feeds.get(documentId) ?? new Feed(documentId, { cluster, router, random, log });
    feeds.set(documentId, feed);
    return feed;
  }

  async function follow(request: FollowRequest): Promise<{ ok: true; follower: Follower } | Failure> {
    const followed = draining ? failure('draining') : await begin(request);
    // What is not to be had here any more is to be had at another node.
    return !followed.ok && followed.error.code === 'unavailable' && draining ? failure('draining') : followed;
  }

  async function begin(request: FollowRequest): Promise<{ ok: true; follower: Follower } | Failure> {
    const { documentId, identity, from } = request;
    if (identity.tokenRights && !identity.tokenRights.scopes.includes('documents:read'))
      return failure('scope_missing');
    let feed: Feed | undefined;
    const ports: MemberPorts = {
      nodeId: cluster.nodeId,
      router,
      access,
      reads,
      random,
      log,
      ended(member) {
        members.delete(member);
        users.leave(member);
        if (!feed?.remove(member)) return;
        feed.close();
        if (feeds.get(documentId) === feed) feeds.delete(documentId);
      },
    };
    const member = new Member(request, ports);
    const refuse = (refusal: Failure): Failure => {
      member.end(refusal);
      return member.failure ?? refusal;
    };
    const crowded = users.join(member);
    if (crowded) return crowded;
    members.add(member);
    const denied = await member.admit();
    if (denied) return refuse(denied);
    // I6: only now, so that a stranger's request opens nothing.
    if (member.failure) return member.failure;
    feed = feedOf(documentId);
    feed.add(member);
    const closed = await feed.opened;
    if (closed) return refuse(closed);
    const lost = member.accessIsStale ? await member.admit() : undefined;
    if (lost) return refuse(lost);
    if (member.failure) return member.failure;
    member.start(feed, from);
    return { ok: true, follower: member };
  }

  return {
    follow,
    edits: (message, except) => feeds.get(message.doc)?.edits(message, except),
    reopen: (documentId) => feeds.get(documentId)?.moved(),
    head: (documentId, _epoch, seq) => feeds.get(documentId)?.headSeen(seq),
    *openElsewhere() {
      for (const feed of feeds.values()) {
        const owner = feed.ownerElsewhere;
        if (owner !== undefined) yield [feed.documentId, owner];
      }
    },
    count: () => members.size,
    stop() {
      draining = true;
    },
    async drain(spreadMs) {
      draining = true;
      await Promise.all(
        [...members].map(async (member) => {
          await delay(random() * spreadMs, undefined, { ref: false });
          member.end(failure('draining'));
        }),
      );
    },
    close() {
      draining = true;
      for (const member of [...members]) member.end(failure('draining'));
    },
  };
}
