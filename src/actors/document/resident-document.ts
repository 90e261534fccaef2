/**
 * A document in memory at its owner: checks and applies updates, queues them for the journal, and broadcasts them after
 * commit. The document machine decides when it starts and ends; this decides what happens to each request.
 *
 *   draft.ts        the Y.Doc and its checks          outstanding.ts   updates that wait for their commit
 *   reader.ts       content for clients without Yjs   snapshots.ts     when the state is stored
 *   writer.ts       changes of content                participants.ts  connections that have it open
 *   client-ids.ts   reserved client ids               write-gate.ts    defers requests during a large write
 *
 * I1, I3: replies and broadcasts leave only in `#onCommitted`, see outstanding.ts.
 */
import * as Y from 'yjs';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { ReopenReason } from '../../../schemas/realtime.ts';
import type { Claim, DraftLog, LoadedDraft, Settled } from '../../ports/journal.ts';
import type { AppendRefusal } from './append-refusal.ts';
import { ClientIds, type ReserveOutcome } from './client-ids.ts';
import { type Applied, Draft } from './draft.ts';
import { Outstanding, type Uncommitted } from './outstanding.ts';
import { Participants } from './participants.ts';
import type {
  DocumentPorts,
  DocumentRequest,
  EditAnswer,
  EditRequest,
  OpenAnswer,
  OpenRequest,
  WriteRequest,
} from './ports.ts';
import { Reader } from './reader.ts';
import { Snapshots } from './snapshots.ts';
import { WriteGate } from './write-gate.ts';
import { Writer } from './writes/writer.ts';

/** Events for the document machine. */
export interface ResidentEvents {
  /** Another node owns the document. */
  onFenced(): void;
  /** The database refuses the last append: the draft in memory is ahead of what can be committed. */
  onRefused(): void;
  /** The draft in memory can no longer be trusted. */
  onBroken(error: unknown): void;
}

/** A Yjs update without structs and deletions. */
const EMPTY_UPDATE = new Uint8Array([0, 0]);

export class ResidentDocument {
  readonly documentId: string;
  readonly epoch: number;
  readonly #ports: DocumentPorts;
  readonly #events: ResidentEvents;
  readonly #draft: Draft;
  readonly #log: DraftLog;
  readonly #participants = new Participants();
  readonly #clientIds: ClientIds;
  readonly #outstanding: Outstanding;
  readonly #writeGate = new WriteGate();
  readonly #refusal: AppendRefusal;
  readonly #snapshots: Snapshots;
  readonly #reader: Reader;
  readonly #writer: Writer;
  #lastActiveAt: number;
  #ended = false;

  constructor(
    documentId: string,
    claim: Claim,
    loaded: LoadedDraft,
    ports: DocumentPorts,
    refusal: AppendRefusal,
    events: ResidentEvents,
  ) {
    this.#refusal = refusal;
    if (loaded.refused) refusal.resume();
    this.documentId = documentId;
    this.epoch = claim.epoch;
    this.#ports = ports;
    this.#events = events;
    this.#draft = new Draft(loaded.updates, loaded.clients, ports.limits);
    const draft = this.#draft;
    this.#clientIds = new ClientIds({ documentId, claim, draft, reservations: loaded.reservations, ports });
    const outstanding = new Outstanding(loaded.headSeq);
    const writeGate = this.#writeGate;
    const isEnded = () => this.#ended;
    const onBroken = (error: unknown) => this.#break(error);
    this.#outstanding = outstanding;
    const onFenced = () => events.onFenced();
    this.#snapshots = new Snapshots({
      documentId,
      claim,
      loaded,
      draft,
      outstanding,
      ports,
      writeGate,
      isEnded,
      onFenced,
    });
    this.#reader = new Reader({ documentId, epoch: claim.epoch, draft, outstanding, ports, writeGate, isEnded });
    const settle = (result: Exclude<Applied, { kind: 'trial' }>, request: WriteRequest) =>
      this.#settle(result, request);
    this.#writer = new Writer({
      documentId,
      epoch: claim.epoch,
      draft,
      outstanding,
      ports,
      writeGate,
      isEnded,
      settle,
      onBroken,
    });
    this.#lastActiveAt = ports.clock.now();
    const onSettled = (outcome: Settled) => {
      try {
        this.#onSettled(outcome);
      } catch (error) {
        // The journal serves every document: a fault here ends this document's life, not the writer's.
        events.onBroken(error);
      }
    };
    const head = { epoch: claim.epoch, headSeq: loaded.headSeq };
    this.#log = ports.journal.openLog(documentId, head, onSettled, refusal.isActive);
  }

  /** Position of the last committed update. */
  get seq(): number {
    return this.#outstanding.committedSeq;
  }

  handle(request: DocumentRequest): void {
    if (this.#ended) {
      request.reply(failure('reopen'));
      return;
    }
    this.#lastActiveAt = this.#ports.clock.now();
    if (this.#writeGate.isClosed) this.#whenOpen(() => this.#serve(request), request);
    else this.#serve(request);
  }

  /** When the write gate is open. An error there has no caller to reach, so it is handled here. */
  #whenOpen(serve: () => void, request: DocumentRequest): void {
    this.#writeGate.whenOpen(() => {
      try {
        if (this.#ended) request.reply(failure('reopen'));
        else serve();
      } catch (error) {
        request.reply(failure('internal'));
        this.#break(error);
      }
    });
  }

  /** When `prepared` has resolved and the write gate is open. */
  #afterPreparing(prepared: Promise<void>, serve: () => void, request: DocumentRequest): void {
    prepared.then(
      () => this.#whenOpen(serve, request),
      (error: unknown) => {
        request.reply(failure('internal'));
        if (!this.#ended) this.#break(error);
      },
    );
  }

  #serve(request: DocumentRequest): void {
    if (request.kind === 'edit' || request.kind === 'write') {
      const waitMs = this.#refusal.waitMs();
      if (waitMs > 0) {
        request.reply(failure('append_refused', waitMs));
        return;
      }
    }
    switch (request.kind) {
      case 'edit':
        this.#edit(request, false);
        return;
      case 'open':
        this.#open(request);
        return;
      case 'read':
        this.#reader.handle(request);
        return;
      case 'write':
        this.#writer.handle(request);
        return;
    }
  }

  leave(node: string, connection: string): void {
    this.#participants.remove(node, connection);
    this.#clientIds.release(connection);
    this.#lastActiveAt = this.#ports.clock.now();
  }

  /** A node reports that it still has participants here. */
  renew(node: string): void {
    this.#participants.renew(node, this.#ports.clock.now());
  }

  isIdle(): boolean {
    const { clock, limits, nodeId } = this.#ports;
    this.#participants.forgetStale(nodeId, clock.now() - limits.participantLeaseMs);
    if (this.#participants.count > 0 || !this.#outstanding.isEmpty || !this.#writer.isIdle) return false;
    return clock.now() - this.#lastActiveAt >= limits.idleMs;
  }

  /**
   * Resolves when all that was applied is committed. A snapshot is stored too if the tail is long, or if the document is idle
   * and has any tail: then time does not matter, and the next load is quick.
   */
  async flush(isIdle: boolean): Promise<void> {
    await this.#outstanding.flushed();
    await this.#snapshots.saveAtEnd(isIdle);
  }

  /**
   * Ends this life: waiting requests and participants get `reopen`.
   * @param lost the answer for updates that are known never to be committed
   */
  end(reason: ReopenReason, lost?: Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#log.close();
    this.#outstanding.end(lost);
    this.#ports.broadcast.reopen(this.#participants.nodes(), this.documentId, reason);
    this.#draft.destroy();
  }

  #open(request: OpenRequest): void {
    const { participant, clientId, stateVector, reply } = request;
    if (stateVector.byteLength > this.#ports.limits.maxStateVectorBytes) {
      reply(failure('bad_request'));
      return;
    }
    if (clientId !== undefined && !this.#clientIds.isFree(clientId, participant)) {
      reply(failure('client_forged')); // I4
      return;
    }
    const reserved =
      clientId === undefined || participant.role === 'view'
        ? undefined
        : this.#clientIds.reserve(clientId, participant.author.userId);
    if (reserved === 'full') reply(failure('too_many_sockets'));
    else if (reserved) void reserved.then((outcome) => this.#afterReserving(outcome, request));
    else this.#prepareOpen(request);
  }

  /** I4: no other user sees a client id before it is reserved for its user in the database, which outlives this node. */
  #afterReserving(outcome: ReserveOutcome, request: OpenRequest): void {
    if (this.#ended) request.reply(failure('reopen'));
    else if (outcome === 'unavailable') request.reply(failure('unavailable'));
    else if (outcome === 'fenced') {
      request.reply(failure('reopen'));
      this.#events.onFenced();
    } else this.#whenOpen(() => this.#prepareOpen(request), request);
  }

  #prepareOpen(request: OpenRequest): void {
    const preparing = request.positionOnly ? undefined : this.#draft.prepare();
    if (preparing === undefined) this.#answerOpen(request);
    else this.#afterPreparing(preparing, () => this.#answerOpen(request), request);
  }

  #answerOpen({ participant, clientId, stateVector, positionOnly, reply }: OpenRequest): void {
    if (clientId !== undefined && !this.#clientIds.isFree(clientId, participant)) {
      reply(failure('client_forged')); // I4
      return;
    }
    let update: OpenAnswer['update'];
    try {
      update = positionOnly ? EMPTY_UPDATE : this.#draft.diff(stateVector);
    } catch {
      reply(failure('bad_request'));
      return;
    }
    this.#participants.add(participant.node, participant.connection, this.#ports.clock.now());
    this.#clientIds.release(participant.connection);
    const displaced = clientId === undefined ? [] : this.#clientIds.use(participant.connection, clientId, participant);
    // I4: those connections open again, and find the id taken.
    if (displaced.length > 0) this.#ports.broadcast.reopen(this.#participants.nodes(), this.documentId, 'moved');
    const seq = this.#outstanding.appliedSeq;
    this.#outstanding.answer(seq, reply, {
      ok: true,
      epoch: this.epoch,
      seq,
      role: participant.role,
      update,
      stateVector: this.#draft.stateVector(),
    });
  }

  #edit(request: EditRequest, tried: boolean): void {
    if (this.#outstanding.isFull(this.#ports.limits)) {
      request.reply(failure('overloaded')); // I9
      return;
    }
    const result = this.#draft.apply(request.update, request.author.userId, tried);
    if (result.kind === 'trial') void this.#runTrial(request, result.update);
    else this.#settle(result, request);
  }

  /** Queues an applied update for the journal, and answers when it is committed. */
  #settle(result: Exclude<Applied, { kind: 'trial' }>, request: EditRequest | WriteRequest): void {
    const { author, reply } = request;
    switch (result.kind) {
      case 'refused':
        if (result.code === 'client_forged') void this.#refuseForged(reply);
        else reply(failure(result.code));
        return;
      case 'broken':
        reply(failure(request.kind === 'edit' ? 'update_malformed' : 'internal'));
        this.#break(result.error);
        return;
      case 'applied': {
        const { update, newClients } = result;
        const seq = this.#log.append({ update, author, newClients });
        const connection = request.kind === 'edit' ? request.connection : undefined;
        this.#outstanding.add({ seq, update, connection });
        break;
      }
      case 'unchanged':
        break;
    }
    const seq = this.#outstanding.appliedSeq;
    if (result.kind === 'unchanged' && request.kind === 'edit') {
      // I7: without `unchanged` its sender would take the position for that of its own update.
      this.#outstanding.acknowledge<EditAnswer>(seq, request.reply, { ok: true, seq, unchanged: true });
    } else this.#outstanding.acknowledge(seq, reply, { ok: true, seq });
  }

  /**
   * I4: only the document's owner can tell what is forged. To one that was deposed without noticing, work that its successor
   * committed looks forged too when another client sends it along (I2).
   */
  async #refuseForged(reply: (answer: Failure) => void): Promise<void> {
    try {
      const head = await this.#ports.journal.head(this.documentId);
      if (!this.#ended && head?.epoch === this.epoch) {
        reply(failure('client_forged'));
        return;
      }
      reply(failure('reopen'));
      if (!this.#ended) this.#events.onFenced();
    } catch {
      reply(failure('unavailable'));
    }
  }

  /** At once, before the machine gets the event: nothing more may be built on this draft. */
  #break(error: unknown): void {
    this.end('restarted');
    this.#events.onBroken(error);
  }

  async #runTrial(request: EditRequest, update: Uint8Array): Promise<void> {
    try {
      const preparing = this.#draft.prepare();
      if (preparing) {
        await preparing;
        if (this.#writeGate.isClosed) await this.#writeGate.opened();
        if (this.#ended) {
          request.reply(failure('reopen'));
          return;
        }
      }
      const outcome = await this.#ports.trial.run(this.#draft.state(), update);
      if (this.#ended) request.reply(failure('reopen'));
      else if (outcome.ok) this.#whenOpen(() => this.#edit(request, true), request);
      else request.reply(failure(outcome.code === 'trial_busy' ? 'overloaded' : outcome.code));
    } catch (error) {
      // Outside the actor's turn the error has no other way to its supervisor.
      this.#events.onBroken(error);
    }
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
      case 'refused':
        this.#onRefused(outcome.error);
        return;
      case 'closed':
        this.end('moved');
        return;
    }
  }

  /** What was applied can never be committed, and Yjs cannot remove it: the next life loads without it. */
  #onRefused(error: unknown): void {
    this.#refusal.note(error);
    this.end('restarted', failure('append_refused', this.#refusal.waitMs()));
    this.#events.onRefused();
  }

  #onCommitted(throughSeq: number): void {
    this.#refusal.clear();
    const from = this.#outstanding.committedSeq + 1;
    const committed = this.#outstanding.commit(throughSeq);
    for (const { update } of committed) this.#snapshots.grow(update.byteLength);
    this.#broadcastEdits(from, throughSeq, committed);
    this.#ports.metrics.acked(this.#outstanding.release());
    this.#ports.committed(this.documentId, throughSeq);
    this.#snapshots.saveIfDue();
  }

  /** I3: after commit. One message for each commit; if all of it came from one connection, that one is left out. */
  #broadcastEdits(from: number, seq: number, committed: readonly Uncommitted[]): void {
    const first = committed[0];
    if (!first || this.#participants.count === 0) return;
    const only = committed.every((entry) => entry.connection === first.connection) ? first.connection : undefined;
    if (only !== undefined && this.#participants.isAlone(only)) return;
    const update = committed.length === 1 ? first.update : Y.mergeUpdates(committed.map((entry) => entry.update));
    const message = { doc: this.documentId, epoch: this.epoch, seq, from, update };
    this.#ports.broadcast.edits(this.#participants.nodes(), message, only);
  }
}
