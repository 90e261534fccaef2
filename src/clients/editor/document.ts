/**
 * One document in the editor: a Y.Doc that is kept equal with the server's. Recovery, whatever happened, is one call:
 * `open` with our state vector, apply what we lack, send what the server lacks. There is no replay queue.
 *
 * I1: nothing counts as saved before its acknowledgement. I7: a gap in positions leads to `open` again.
 */

import * as Y from 'yjs';
import { type ErrorBody, type ErrorCode, type Failure, failure } from '../../../schemas/errors.ts';
import type { Access, Awareness, Edited, Edits, Head, Opened, Role } from '../../../schemas/realtime.ts';
import { jitter, varied } from '../../lib/backoff.ts';
import { guarded } from '../guard.ts';
import { AwarenessSync } from './awareness-sync.ts';
import { ClientIds } from './client-ids.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import { type Observable, Subject } from './observable.ts';
import { Outbox } from './outbox.ts';
import { locationOf } from './part-location.ts';
import type { Persisted, Persistence } from './persistence.ts';
import { type Status, sameStatus } from './status.ts';
import type { DocumentTimings } from './timings.ts';
import { unsentUpdate } from './unsent.ts';

export interface DocumentOptions {
  documentId: string;
  mode: 'edit' | 'view';
  connection: Connection;
  persistence: Persistence | undefined;
  now: () => number;
  random: () => number;
  timings: DocumentTimings;
}

/** Failures that pass: the same work can be sent once the document was opened again. */
const TRANSIENT = new Set<ErrorCode>([
  'reopen',
  'not_open',
  'update_unknown_base',
  'restarting',
  'rate_limited',
  'overloaded',
  'unavailable',
  'draining',
  'internal',
  'too_many_documents',
]);
/** Failures of an edit that can be sent again as it is, without opening the document. */
const RESENDABLE = new Set<ErrorCode>(['rate_limited', 'overloaded', 'append_refused']);
/** Delay before what the server lacks is computed again, after a change of the refused parts; in multiples of `reopenMs`. */
const WHOLE_DELAYS = 4;

type Phase = 'waiting' | 'opening' | 'live' | 'denied' | 'closed';
type Timer = ReturnType<typeof setTimeout> | undefined;

export class EditorDocument implements ConnectionListener {
  readonly ydoc = new Y.Doc();
  readonly synced: Promise<void>;
  readonly #options: DocumentOptions;
  readonly #awarenessSync: AwarenessSync;
  readonly #status = new Subject<Status>({ kind: 'saving', unsaved: 0 }, sameStatus);
  readonly #role = new Subject<Role | null>(null);
  readonly #changed = new Subject(0);
  #phase: Phase = 'waiting';
  #persisted: Persisted | undefined;
  readonly #outbox = new Outbox();
  readonly #clientIds: ClientIds;
  #epoch = 0;
  #seq = 0;
  #savedAt = 0;
  #n = 0;
  #refused: ErrorBody | undefined;
  /** Updates that came before the answer to `open`. */
  #early: Edits[] = [];
  /** Counts opens: an answer to an earlier one is ignored. */
  #opening = 0;
  #reopenTimer: Timer;
  #answerTimer: Timer;
  #gapTimer: Timer;
  /** Runs while the node wants nothing sent. */
  #restTimer: Timer;
  #markSynced: () => void = () => undefined;

  constructor(options: DocumentOptions) {
    this.#options = options;
    this.synced = new Promise((resolve) => {
      this.#markSynced = resolve;
    });
    this.ydoc.on('update', this.#onLocalUpdate);
    this.#clientIds = new ClientIds({
      ydoc: this.ydoc,
      random: options.random,
      onTaken: (clientId) => this.#awarenessSync.setClientId(clientId),
      onKept: () => this.#safely(() => this.#flush()),
    });
    this.#awarenessSync = new AwarenessSync(this.ydoc, {
      gatherMs: options.timings.awarenessMs,
      canSend: () => this.#phase === 'live',
      send: (update) => options.connection.sendVolatile('awareness', { doc: options.documentId, update }),
    });
    void this.#start();
  }

  get awareness(): AwarenessSync['awareness'] {
    return this.#awarenessSync.awareness;
  }

  get status(): Observable<Status> {
    return this.#status;
  }

  /** Counts how often work was moved to another client id: what was stored of it before must not be applied any more. */
  get renamed(): Observable<number> {
    return this.#clientIds.renamed;
  }

  /** Counts the reports of changes besides the text. */
  get changed(): Observable<number> {
    return this.#changed;
  }

  get role(): Observable<Role | null> {
    return this.#role;
  }

  /** What is not acknowledged yet, or its beginning; for a last attempt when the page goes away. */
  unsaved(maxBytes: number): Uint8Array | undefined {
    return this.#outbox.beginning(maxBytes);
  }

  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#opening += 1;
    for (const timer of [this.#reopenTimer, this.#answerTimer, this.#gapTimer, this.#restTimer]) clearTimeout(timer);
    this.#options.connection.request('close', { doc: this.#options.documentId }, () => undefined);
    this.#options.connection.removeListener(this);
    this.ydoc.off('update', this.#onLocalUpdate);
    this.#awarenessSync.close();
    await this.#persisted?.close();
    this.ydoc.destroy();
  }

  /**
   * For callbacks of timers and sockets. An error, perhaps of an observer of the text, must not leave this half done: opening the
   * document again brings the outcome.
   */
  #safely(run: () => void): void {
    if (guarded(run) || this.#phase === 'closed' || this.#phase === 'denied') return;
    guarded(() => this.#reopenLater(undefined));
  }

  // From the connection -----------------------------------------------------------------------------------------------------
  connected(): void {
    if (this.#phase !== 'closed') this.#safely(() => this.#open());
  }

  disconnected(): void {
    if (this.#phase === 'closed') return;
    this.#outbox.lost();
    this.#forgetServer();
    if (this.#phase !== 'denied') this.#phase = 'waiting';
    this.#showStatus();
  }

  message(event: string, body: unknown): void {
    if ((body as { doc?: unknown } | undefined)?.doc !== this.#options.documentId) return;
    this.#safely(() => this.#onMessage(event, body));
  }

  #onMessage(event: string, body: unknown): void {
    switch (event) {
      case 'edits':
        this.#onEdits(body as Edits);
        return;
      case 'head':
        this.#onHead(body as Head);
        return;
      case 'awareness':
        this.#awarenessSync.receive((body as Awareness).update);
        return;
      case 'access':
        this.#onAccess(body as Access);
        return;
      case 'changed':
        this.#changed.set(this.#changed.get() + 1);
        return;
      case 'reopen':
        if (this.#phase === 'live' || this.#phase === 'waiting') this.#open();
        return;
    }
  }

  // Opening -----------------------------------------------------------------------------------------------------------
  async #start(): Promise<void> {
    const persisted = await this.#options.persistence?.attach(this.#options.documentId, this.ydoc);
    if (this.#phase === 'closed') {
      await persisted?.close();
      return;
    }
    this.#persisted = persisted;
    this.#clientIds.restored(persisted);
    this.#options.connection.addListener(this);
  }

  #open(): void {
    const { documentId, mode, connection } = this.#options;
    this.#forgetServer();
    this.#phase = 'opening';
    this.#showStatus();
    const opening = this.#opening;
    const request = {
      doc: documentId,
      clientID: this.ydoc.clientID,
      stateVector: this.#clientIds.stateVector(),
      mode,
    };
    this.#expectAnswer();
    connection.request('open', request, (answer) => {
      if (opening !== this.#opening) return;
      clearTimeout(this.#answerTimer);
      const result = answer as Opened | Failure;
      this.#safely(() => (result.ok ? this.#onOpened(result) : this.#onOpenFailed(result.error)));
    });
  }

  #onOpened({ epoch, seq, role, update, stateVector, maxUpdateBytes, maxUpdateStructs }: Opened): void {
    this.#options.connection.answered();
    this.#phase = 'live';
    this.#epoch = epoch;
    this.#seq = seq;
    if (this.#isRefusedForGood) this.#refused = undefined;
    this.#role.set(role);
    this.#clientIds.compare(update);
    Y.applyUpdate(this.ydoc, update, this);
    // Whatever was pending is part of what the server lacks.
    const unsent = unsentUpdate(this.ydoc, update, stateVector);
    if (!unsent) this.#clientIds.settled();
    this.#outbox.replace(unsent, {
      ...(maxUpdateBytes === undefined ? {} : { maxBytes: maxUpdateBytes }),
      ...(maxUpdateStructs === undefined ? {} : { maxStructs: maxUpdateStructs }),
    });
    const early = this.#early;
    this.#early = [];
    for (const edits of early) if (edits.epoch === epoch) this.#onEdits(edits);
    if (this.#outbox.unsaved === 0) this.#refused = undefined;
    this.#markSynced();
    this.#awarenessSync.announce();
    this.#flush();
    this.#showStatus();
  }

  #onOpenFailed(error: ErrorBody): void {
    if (TRANSIENT.has(error.code)) {
      this.#reopenLater(error.retryAfterMs);
      return;
    }
    if (error.code === 'client_forged') {
      // Somebody else has the same number.
      this.#clientIds.doubt();
      this.#reopenLater(undefined);
      return;
    }
    this.#phase = 'denied';
    this.#role.set(null);
    this.#showStatus();
  }

  #reopenLater(afterMs: number | undefined): void {
    const { timings, random } = this.#options;
    this.#forgetServer();
    this.#phase = 'waiting';
    this.#showStatus();
    const waitMs = varied(afterMs ?? timings.reopenMs, 0.5, random);
    const open = (): void => {
      if (this.#phase === 'waiting' && this.#options.connection.isConnected) this.#open();
    };
    this.#reopenTimer = setTimeout(() => this.#safely(open), waitMs);
  }

  /** Ends this opening of the document; what was in flight is found by the next `open`. */
  #forgetServer(): void {
    this.#opening += 1;
    clearTimeout(this.#reopenTimer);
    clearTimeout(this.#answerTimer);
    clearTimeout(this.#gapTimer);
    clearTimeout(this.#restTimer);
    this.#gapTimer = undefined;
    this.#restTimer = undefined;
    this.#outbox.putBack();
    this.#early = [];
    this.#awarenessSync.removeOthers();
  }

  // Sending -----------------------------------------------------------------------------------------------------------
  readonly #onLocalUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || this.#persisted?.isOrigin(origin) || this.#phase === 'closed') return;
    this.#clientIds.written();
    this.#outbox.add(update);
    // The refused part may have been deleted since: only the whole shows that, so what the server lacks is computed again.
    if (this.#isRefusedForGood) this.#reopenSoon();
    else this.#flush();
    this.#showStatus();
  };

  /** The database may take later what it refuses now: that is sent again, and shown as not saved until it is. */
  get #isRefusedForGood(): boolean {
    return this.#refused !== undefined && this.#refused.code !== 'append_refused';
  }

  #flush(): void {
    if (this.#phase !== 'live' || this.#restTimer !== undefined || this.#clientIds.isKeeping) return;
    if (this.#role.get() === 'view' || this.#isRefusedForGood) return;
    const update = this.#outbox.take();
    this.#stepAside();
    if (!update) return;
    this.#n += 1;
    const opening = this.#opening;
    const n = this.#n;
    this.#expectAnswer();
    this.#options.connection.request('edit', { doc: this.#options.documentId, n, update }, (answer) => {
      if (opening !== this.#opening) return;
      clearTimeout(this.#answerTimer);
      const result = answer as Edited | Failure;
      this.#safely(() => (result.ok ? this.#onAcknowledged(result) : this.#onEditFailed(result.error)));
    });
  }

  /** What was set aside keeps what is written next under the same client id from being saved: another one is taken. */
  #stepAside(): void {
    const { refused, needsWhole } = this.#outbox;
    if (refused.some(({ client }) => client === this.ydoc.clientID)) {
      this.#clientIds.takeFresh();
      this.#reopenSoon(WHOLE_DELAYS);
    } else if (needsWhole) this.#reopenSoon(WHOLE_DELAYS);
  }

  /** I7: the position of one's own edit is the next one; one where nothing was logged is somebody else's. */
  #onAcknowledged({ seq, unchanged }: Edited): void {
    this.#options.connection.answered();
    this.#outbox.acknowledged();
    this.#refused = undefined;
    this.#savedAt = this.#options.now();
    if (seq > (unchanged ? this.#seq : this.#seq + 1)) this.#reopenSoon();
    else this.#seq = Math.max(this.#seq, seq);
    this.#flush();
    this.#showStatus();
  }

  #onEditFailed(error: ErrorBody): void {
    if (error.code === 'append_refused') this.#refused = error;
    if (RESENDABLE.has(error.code)) this.#rest(error.retryAfterMs);
    else if (TRANSIENT.has(error.code)) {
      this.#reopenLater(error.code === 'reopen' || error.code === 'update_unknown_base' ? 0 : error.retryAfterMs);
    } else if (error.code === 'client_forged') this.#onForged(error);
    else if (this.#outbox.refuse(error)) this.#flush();
    else if (error.code === 'read_only') this.#role.set('view');
    else this.#refused = error;
    this.#showStatus();
  }

  /** The document's owner has looked: nothing of ours was ever taken under that id, and nothing will be. */
  #onForged(error: ErrorBody): void {
    const client = this.#outbox.forgedClient();
    if (client === undefined) this.#flush();
    else if (this.#clientIds.isOwn(client)) {
      this.#clientIds.rename(client);
      this.#reopenLater(0);
    } else {
      this.#outbox.putBack();
      this.#refused = error;
    }
  }

  /** Sends the same again after a delay. */
  #rest(afterMs: number | undefined): void {
    const { timings, random } = this.#options;
    this.#outbox.putBack();
    const leastMs = afterMs ?? timings.reopenMs;
    this.#restTimer = setTimeout(
      () => {
        this.#restTimer = undefined;
        this.#safely(() => this.#flush());
      },
      jitter(leastMs, 2 * leastMs, random),
    );
  }

  /** Watches for a node that hangs: a server that only waits for its database answers a ping. */
  #expectAnswer(): void {
    const { timings, connection } = this.#options;
    const { patience } = connection;
    clearTimeout(this.#answerTimer);
    const ping = (): void => {
      const opening = this.#opening;
      this.#answerTimer = setTimeout(() => {
        if (opening === this.#opening) guarded(() => connection.restart());
      }, timings.pingTimeoutMs * patience);
      connection.request('ping', {}, () => {
        if (opening === this.#opening && (this.#outbox.isSending || this.#phase === 'opening')) this.#expectAnswer();
        else clearTimeout(this.#answerTimer);
      });
    };
    this.#answerTimer = setTimeout(() => guarded(ping), timings.ackTimeoutMs * patience);
  }

  // Receiving ---------------------------------------------------------------------------------------------------------
  #onEdits({ doc, epoch, seq, from, update }: Edits): void {
    if (this.#phase === 'opening') this.#early.push({ doc, epoch, seq, from, update });
    if (this.#phase !== 'live') return;
    const { pendingStructs } = this.ydoc.store;
    Y.applyUpdate(this.ydoc, update, this);
    // What was missing here came with it: what waited for that may be our own, and the server's as little as before.
    const isCompleted = pendingStructs !== null && this.ydoc.store.pendingStructs !== pendingStructs;
    if (epoch !== this.#epoch) this.#open();
    else if (from > this.#seq + 1 || isCompleted) this.#reopenSoon();
    else this.#seq = Math.max(this.#seq, seq);
    this.#showStatus();
  }

  #onHead({ epoch, seq }: Head): void {
    if (this.#phase !== 'live') return;
    if (epoch !== this.#epoch) this.#open();
    else if (seq > this.#seq) this.#reopenSoon();
  }

  /** I7: something was missed, or is a moment late; opening again settles it. */
  #reopenSoon(delays = 1): void {
    if (this.#gapTimer !== undefined) return;
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = undefined;
      if (this.#phase === 'live') this.#safely(() => this.#open());
    }, this.#options.timings.reopenMs * delays);
  }

  #onAccess({ role }: Access): void {
    if (role === null) {
      this.#forgetServer();
      this.#phase = 'denied';
      this.#role.set(null);
      this.#showStatus();
    } else if (role !== this.#role.get()) this.#open();
  }

  // Status ------------------------------------------------------------------------------------------------------------
  #showStatus(): void {
    this.#status.set(this.#describe(this.#outbox.unsaved));
  }

  #describe(unsaved: number): Status {
    if (this.#phase === 'denied') return { kind: 'denied' };
    if (this.#refused) return { kind: 'refused', unsaved, error: this.#refused };
    const [part] = this.#outbox.refused;
    if (part) return { kind: 'refused', unsaved, error: part.error, part: locationOf(this.ydoc, part) };
    if (this.#options.connection.state.get() === 'disconnected') return { kind: 'offline', unsaved };
    if (this.#phase !== 'live') return { kind: 'saving', unsaved };
    if (this.#role.get() === 'view') {
      if (unsaved === 0) return { kind: 'readonly' };
      return { kind: 'refused', unsaved, error: failure('read_only').error };
    }
    return unsaved > 0 ? { kind: 'saving', unsaved } : { kind: 'saved', seq: this.#seq, at: this.#savedAt };
  }
}
