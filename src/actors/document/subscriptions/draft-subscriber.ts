/**
 * One follower: who it is, what it may do, and how far it has come. Gets updates in order and without a gap (I7): what a
 * broadcast brings at its turn at once, the rest from the journal. Never more than one batch waits for a receiver that
 * answers with a promise (I9).
 *
 * I6: access is checked before the first update, and a change of it reaches the receiver at once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Edits, Role } from '../../../../schemas/realtime.ts';
import { pauseMs } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort, Identity } from '../../../ports/access.ts';
import type { Author } from '../../../ports/journal.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import type { UserConnection } from '../../user/users.ts';
import type { EditAnswer, OpenAnswer } from '../ports.ts';
import type { DocumentRouter } from '../router.ts';
import type { Committed, Reads } from './catch-up-reads.ts';
import type { Feed, FeedMember } from './draft-subscription.ts';
import type { Follower, FollowRequest } from './subscribe-request.ts';
import { ANSWER_WITHIN_MS, within } from './within.ts';

export interface MemberPorts {
  nodeId: string;
  router: DocumentRouter;
  access: AccessPort;
  reads: Reads;
  random: Random;
  log: Logger;
  /** Called once when the member has ended, for whatever reason. */
  ended(member: Member): void;
}

export class Member implements Follower, FeedMember, UserConnection {
  readonly identity: Identity;
  readonly documentId: string;
  readonly #request: FollowRequest;
  readonly #ports: MemberPorts;
  readonly #author: Author;
  /** Undefined until it was read. */
  #role: Role | undefined;
  /** Access changed since the level was last read. */
  #changed = false;
  #end: Failure | undefined;
  /** The feed and the last position that was handed over; undefined until it follows. */
  #at: { readonly feed: Feed; seq: number } | undefined;
  /** The receiver has not taken the last batch yet, or updates are being read for it. */
  #busy = false;
  /** Where it is a participant of its own. */
  #syncedAt: string | undefined;

  constructor(request: FollowRequest, ports: MemberPorts) {
    this.identity = request.identity;
    this.documentId = request.documentId;
    this.#request = request;
    this.#ports = ports;
    this.#author = { userId: request.identity.userId, sessionId: request.identity.sessionId };
  }

  get role(): Role {
    return this.#role ?? 'view';
  }

  get seq(): number {
    return this.#at?.seq ?? 0;
  }

  get head(): number {
    return this.#at?.feed.head ?? 0;
  }

  get epoch(): number {
    return this.#at?.feed.epoch ?? 0;
  }

  get failure(): Failure | undefined {
    return this.#end;
  }

  /** Reads the level; the refusal when there is none. // I6: as it is after the last change that was heard of. */
  async admit(): Promise<Failure | undefined> {
    try {
      for (;;) {
        this.#changed = false;
        const level = await this.#ports.access.roleOf(this.identity.userId, this.documentId);
        if (this.#changed) continue;
        if (level === null) return failure('not_found');
        this.#role = this.#allowed(level);
        return undefined;
      }
    } catch {
      return failure('unavailable', 1_000);
    }
  }

  /** Whether the level has to be read again. */
  get accessIsStale(): boolean {
    return this.#changed;
  }

  /** Begins to hand on what comes after a position. */
  start(feed: Feed, from: number | undefined): void {
    this.#at = { feed, seq: from ?? feed.head };
    this.headMoved();
  }

  // For its receiver -------------------------------------------------------------------------------------------------

  async edit(update: Uint8Array): Promise<EditAnswer> {
    if (this.#end) return this.#end;
    if (!this.#at) return failure('not_open');
    if (this.role === 'view') return failure('read_only');
    return await this.#at.feed.edit(this.#request.connection, this.#author, update);
  }

  async sync(stateVector: Uint8Array, clientId: number | undefined): Promise<OpenAnswer | Failure> {
    if (this.#end) return this.#end;
    const { nodeId, router } = this.#ports;
    const { connection } = this.#request;
    const opened = await within(
      router.open(this.documentId, {
        participant: { node: nodeId, connection, author: this.#author, role: this.role },
        clientId,
        stateVector,
      }),
      ANSWER_WITHIN_MS,
    );
    if ('ok' in opened) return opened;
    const { answer, owner } = opened;
    if (!answer.ok) return answer;
    if (owner === undefined) return failure('unavailable');
    if (this.#syncedAt !== owner) this.#leave();
    this.#syncedAt = owner;
    if (this.#end) {
      this.#leave();
      return this.#end;
    }
    this.#at?.feed.foundAt(owner, answer.seq);
    return { ...answer, role: this.role };
  }

  close(): void {
    this.#finish(failure('not_open'));
  }

  // For its user's actor ---------------------------------------------------------------------------------------------

  openDocuments(): Iterable<string> {
    return this.#end ? [] : [this.documentId];
  }

  accessChanged(documentId: string, level: Role | null): void {
    if (documentId !== this.documentId || this.#end) return;
    this.#changed = true;
    if (level === null) {
      this.end(failure('not_found'));
      return;
    }
    const role = this.#allowed(level);
    if (this.#role === undefined || role === this.#role) return;
    this.#role = role;
    if (this.#at) this.#request.onRole(role);
  }

  sessionEnded(): void {
    this.end(failure('unauthenticated'));
  }

  // For its feed -----------------------------------------------------------------------------------------------------

  edits({ from, seq, update }: Edits, except: string | undefined): void {
    const at = this.#at;
    if (!at || this.#busy || this.#end || seq <= at.seq) return;
    if (from !== at.seq + 1) {
      void this.#catchUp();
      return;
    }
    at.seq = seq;
    if (except === this.#request.connection) return;
    const taken = this.#hand([{ from, seq, update }]);
    if (!taken) return;
    this.#busy = true;
    void taken.then(() => {
      this.#busy = false;
      this.headMoved();
    });
  }

  headMoved(): void {
    if (this.#at && !this.#busy && !this.#end && this.#at.seq < this.#at.feed.head) void this.#catchUp();
  }

  notice(notice: DocumentNotice): void {
    if (!this.#at || this.#end) return;
    this.#request.onNotice(notice);
    if (notice.kind === 'deleted') this.end(failure('not_found'));
  }

  reopened(): void {
    if (this.#at && !this.#end) this.#request.onReopened?.();
  }

  failed(refusal: Failure): void {
    this.end(refusal);
  }

  /** Ends it and tells the receiver. */
  end(reason: Failure): void {
    if (this.#finish(reason) && this.#at) this.#request.onEnd(reason.error);
  }

  #finish(reason: Failure): boolean {
    if (this.#end) return false;
    this.#end = reason;
    this.#leave();
    this.#ports.ended(this);
    return true;
  }

  /** What a level allows: a token without the scope reads only. */
  #allowed(level: Role): Role {
    const { tokenRights } = this.identity;
    return tokenRights && !tokenRights.scopes.includes('documents:write') ? 'view' : level;
  }

  async #catchUp(): Promise<void> {
    const at = this.#at;
    if (!at) return;
    this.#busy = true;
    let attempt = 0;
    while (!this.#end && at.seq < at.feed.head) {
      const batch = await this.#read(at.seq);
      if (this.#end) return;
      const last = batch?.at(-1);
      if (!batch || !last) {
        await delay(pauseMs(attempt, this.#ports.random), undefined, { ref: false });
        attempt += 1;
        continue;
      }
      attempt = 0;
      at.seq = last.seq;
      await this.#hand(batch);
    }
    this.#busy = false;
  }

  async #read(afterSeq: number): Promise<readonly Committed[] | undefined> {
    try {
      return await this.#ports.reads.after(this.documentId, afterSeq);
    } catch (error) {
      this.#ports.log.warn({ documentId: this.documentId, err: error }, 'missed updates could not be read');
      return undefined;
    }
  }

  /** Hands a batch over. A promise: the receiver wants no more before it is settled. */
  #hand(batch: readonly Committed[]): Promise<void> | undefined {
    const failed = (error: unknown): void => {
      this.#ports.log.error({ documentId: this.documentId, err: error }, 'a receiver of updates failed');
      this.end(failure('internal'));
    };
    try {
      return this.#request.onUpdates(batch)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #leave(): void {
    if (this.#syncedAt === undefined) return;
    const { nodeId, router } = this.#ports;
    router.leave(this.documentId, this.#syncedAt, { node: nodeId, connection: this.#request.connection });
    this.#syncedAt = undefined;
  }
}
