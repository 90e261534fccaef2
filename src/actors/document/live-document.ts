/**
 * A document in memory and under this node's epoch: takes updates in, queues them for the journal, and tells everybody
 * after commit. The document machine decides when it lives; this decides what happens to each request.
 *
 * I1, I3: replies and broadcasts leave only in `#onCommitted`. Whatever an answer shows was applied before it, so each
 * answer waits for the commit of the position that it speaks of.
 */
import * as Y from 'yjs';
import { failure } from '../../../schemas/errors.ts';
import type { ReopenReason } from '../../../schemas/realtime.ts';
import type { Claimed, DraftLog, LoadedDraft, Settled } from '../../ports/journal.ts';
import { Draft } from './draft.ts';
import { Participants } from './participants.ts';
import type { DocumentPorts, DocumentRequest, EditRequest, OpenRequest } from './ports.ts';

/** Pause after a snapshot that could not be stored, milliseconds. */
const SNAPSHOT_RETRY_MS = 5_000;

/** An update that was applied and is not committed yet. */
interface Uncommitted {
  readonly seq: number;
  readonly update: Uint8Array;
  readonly connection: string | undefined;
}

/** An answer that waits until everything up to `seq` is committed. */
interface Waiting {
  readonly seq: number;
  readonly answer: () => void;
}

/** What the machine hears from its live document. */
export interface LiveEvents {
  /** Another node holds the document. */
  onFenced(): void;
  /** The text in memory can no longer be trusted. */
  onBroken(error: unknown): void;
}

export class LiveDocument {
  readonly documentId: string;
  readonly epoch: number;
  readonly #ports: DocumentPorts;
  readonly #events: LiveEvents;
  readonly #draft: Draft;
  readonly #log: DraftLog;
  readonly #participants = new Participants();
  /** Client id that each connection speaks under. */
  readonly #speakers = new Map<string, number>();
  #appliedSeq: number;
  #committedSeq: number;
  #uncommitted: Uncommitted[] = [];
  #uncommittedBytes = 0;
  #waiting: Waiting[] = [];
  #flushed: (() => void)[] = [];
  #snapshotSeq: number;
  #tailBytes: number;
  #savingSnapshot = false;
  /** After a failure: not before this moment. */
  #nextSnapshotAt = 0;
  #lastActiveAt: number;
  #ended = false;

  constructor(documentId: string, held: Claimed, loaded: LoadedDraft, ports: DocumentPorts, events: LiveEvents) {
    this.documentId = documentId;
    this.epoch = held.epoch;
    this.#ports = ports;
    this.#events = events;
    this.#draft = new Draft(loaded.updates, loaded.clients, ports.limits);
    this.#appliedSeq = loaded.headSeq;
    this.#committedSeq = loaded.headSeq;
    this.#snapshotSeq = loaded.snapshotSeq;
    this.#tailBytes = loaded.tailBytes;
    this.#lastActiveAt = ports.clock.now();
    this.#log = ports.journal.openLog(documentId, { epoch: held.epoch, headSeq: loaded.headSeq }, (outcome) => {
      try {
        this.#onSettled(outcome);
      } catch (error) {
        // The journal serves every document: a fault here ends this document's life, not the writer's.
        events.onBroken(error);
      }
    });
  }

  /** Position of the last committed update. */
  get seq(): number {
    return this.#committedSeq;
  }

  handle(request: DocumentRequest): void {
    if (this.#ended) {
      request.reply(failure('reopen'));
      return;
    }
    this.#lastActiveAt = this.#ports.clock.now();
    if (request.kind === 'edit') this.#edit(request, false);
    else this.#open(request);
  }

  leave(node: string, connection: string): void {
    this.#participants.remove(node, connection);
    this.#silence(connection);
    this.#lastActiveAt = this.#ports.clock.now();
  }

  /** A node reports that it still has participants here. */
  renew(node: string): void {
    this.#participants.renew(node, this.#ports.clock.now());
  }

  isIdle(): boolean {
    const { clock, limits, nodeId } = this.#ports;
    this.#participants.forgetStale(nodeId, clock.now() - limits.participantLeaseMs);
    if (this.#participants.count > 0 || this.#uncommitted.length > 0) return false;
    return clock.now() - this.#lastActiveAt >= limits.idleMs;
  }

  /**
   * Resolves when all that was applied is committed. The state is stored as a snapshot too, where the tail is long, or where
   * there is any and the document goes to rest: then time does not matter, and the next load is quick.
   */
  async flush(toRest: boolean): Promise<void> {
    if (this.#uncommitted.length > 0) await new Promise<void>((resolve) => this.#flushed.push(resolve));
    const wanted = this.#snapshotIsDue() || (toRest && this.#committedSeq > this.#snapshotSeq);
    if (!this.#ended && wanted && !this.#savingSnapshot) await this.#saveSnapshot();
  }

  /** Ends this life: what waits is told to open again, and so are the participants. */
  end(reason: ReopenReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#log.close();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#uncommitted = [];
    this.#releaseFlushers();
    for (const { answer } of waiting) answer();
    this.#ports.broadcast.reopen(this.#participants.nodes(), this.documentId, reason);
    this.#draft.destroy();
  }

  #open(request: OpenRequest): void {
    const { participant, clientId, stateVector, reply } = request;
    if (stateVector.byteLength > this.#ports.limits.maxStateVectorBytes) {
      reply(failure('bad_request'));
      return;
    }
    const boundTo = clientId === undefined ? undefined : this.#draft.ownerOf(clientId);
    if (boundTo !== undefined && boundTo !== participant.author.userId) {
      reply(failure('client_forged')); // I4
      return;
    }
    let update: Uint8Array;
    try {
      update = this.#draft.diff(stateVector);
    } catch {
      reply(failure('bad_request'));
      return;
    }
    this.#participants.add(participant.node, participant.connection, this.#ports.clock.now());
    this.#silence(participant.connection);
    if (clientId !== undefined) {
      this.#speakers.set(participant.connection, clientId);
      this.#draft.reserve(clientId, participant.author.userId); // I4
    }
    const seq = this.#appliedSeq;
    const answer = {
      ok: true,
      epoch: this.epoch,
      seq,
      role: participant.role,
      update,
      stateVector: this.#draft.stateVector(),
    } as const;
    this.#whenCommitted(seq, () => reply(this.#committedSeq >= seq ? answer : failure('reopen')));
  }

  /** A connection no longer speaks under its client id. */
  #silence(connection: string): void {
    const clientId = this.#speakers.get(connection);
    if (clientId === undefined) return;
    this.#speakers.delete(connection);
    for (const other of this.#speakers.values()) if (other === clientId) return;
    this.#draft.free(clientId);
  }

  #edit(request: EditRequest, tried: boolean): void {
    const { limits } = this.#ports;
    if (
      this.#uncommitted.length >= limits.maxUncommittedUpdates ||
      this.#uncommittedBytes >= limits.maxUncommittedBytes
    ) {
      request.reply(failure('overloaded')); // I9
      return;
    }
    const { reply, author, connection } = request;
    const result = this.#draft.apply(request.update, author.userId, tried);
    switch (result.kind) {
      case 'refused':
        reply(failure(result.code));
        return;
      case 'trial':
        void this.#tryOut(request);
        return;
      case 'broken':
        reply(failure('update_malformed'));
        // At once, not when the machine hears of it: nothing more may be built on this text.
        this.end('restarted');
        this.#events.onBroken(result.error);
        return;
      case 'applied': {
        const { update, newClients } = result;
        const seq = this.#log.append({ update, author, newClients });
        this.#appliedSeq = seq;
        this.#uncommitted.push({ seq, update, connection });
        this.#uncommittedBytes += update.byteLength;
        break;
      }
      case 'unchanged':
        break;
    }
    const seq = this.#appliedSeq;
    this.#whenCommitted(seq, () => reply(this.#committedSeq >= seq ? { ok: true, seq } : failure('reopen')));
  }

  async #tryOut(request: EditRequest): Promise<void> {
    try {
      const outcome = await this.#ports.trial.run(this.#draft.state(), request.update);
      if (this.#ended) request.reply(failure('reopen'));
      else if (outcome.ok) this.#edit(request, true);
      else request.reply(failure(outcome.code === 'trial_busy' ? 'overloaded' : outcome.code));
    } catch (error) {
      // Outside of the actor's turn nobody else would hear of it.
      this.#events.onBroken(error);
    }
  }

  #whenCommitted(seq: number, answer: () => void): void {
    if (seq <= this.#committedSeq) answer();
    else this.#waiting.push({ seq, answer });
  }

  #onSettled(outcome: Settled): void {
    if (this.#ended) return;
    switch (outcome.kind) {
      case 'committed':
        this.#onCommitted(outcome.throughSeq);
        return;
      case 'fenced':
        this.#events.onFenced();
        return;
      case 'closed':
        this.end('moved');
        return;
    }
  }

  #onCommitted(throughSeq: number): void {
    const from = this.#committedSeq + 1;
    this.#committedSeq = throughSeq;
    const committed = takeWhile(this.#uncommitted, (entry) => entry.seq <= throughSeq);
    for (const { update } of committed) {
      this.#uncommittedBytes -= update.byteLength;
      this.#tailBytes += update.byteLength;
    }
    this.#tellOthers(from, throughSeq, committed);
    const due = takeWhile(this.#waiting, (waiting) => waiting.seq <= throughSeq);
    for (const { answer } of due) answer();
    this.#ports.metrics.acked(due.length);
    if (this.#uncommitted.length === 0) this.#releaseFlushers();
    if (this.#snapshotIsDue()) void this.#saveSnapshot();
  }

  /** I3: after commit. One message for what one commit held; its only author, if it has one, need not hear it. */
  #tellOthers(from: number, seq: number, committed: readonly Uncommitted[]): void {
    const first = committed[0];
    if (!first || this.#participants.count === 0) return;
    const only = committed.every((entry) => entry.connection === first.connection) ? first.connection : undefined;
    if (only !== undefined && this.#participants.isAlone(only)) return;
    const update = committed.length === 1 ? first.update : Y.mergeUpdates(committed.map((entry) => entry.update));
    const message = { doc: this.documentId, epoch: this.epoch, seq, from, update };
    this.#ports.broadcast.edits(this.#participants.nodes(), message, only);
  }

  #snapshotIsDue(): boolean {
    const { clock, limits } = this.#ports;
    if (this.#savingSnapshot || clock.now() < this.#nextSnapshotAt) return false;
    const { snapshotUpdates, snapshotBytes } = limits;
    return this.#committedSeq - this.#snapshotSeq >= snapshotUpdates || this.#tailBytes >= snapshotBytes;
  }

  /** Stores the state as of now once all that it holds is committed. A failure waits for the next occasion. */
  async #saveSnapshot(): Promise<void> {
    this.#savingSnapshot = true;
    const { journal, log } = this.#ports;
    const seq = this.#appliedSeq;
    try {
      const state = this.#draft.state();
      await new Promise<void>((resolve) => this.#whenCommitted(seq, resolve));
      if (this.#ended) return;
      const covered = this.#tailBytes;
      const held = await journal.saveSnapshot({ documentId: this.documentId, epoch: this.epoch, seq, state });
      if (!held && !this.#ended) this.#events.onFenced();
      else if (held) {
        this.#snapshotSeq = seq;
        this.#tailBytes -= covered;
      }
    } catch (error) {
      this.#nextSnapshotAt = this.#ports.clock.now() + SNAPSHOT_RETRY_MS;
      log.warn({ documentId: this.documentId, error: String(error) }, 'snapshot not stored');
    } finally {
      this.#savingSnapshot = false;
    }
  }

  #releaseFlushers(): void {
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const resolve of flushed) resolve();
  }
}

/** Removes and returns the leading items that match. */
function takeWhile<T>(items: T[], matches: (item: T) => boolean): T[] {
  let count = 0;
  while (count < items.length && matches(items[count]!)) count += 1;
  return items.splice(0, count);
}
