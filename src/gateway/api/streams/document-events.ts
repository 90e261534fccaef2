/**
 * A document's events for one client, in order and without gaps (I7): committed updates through a draft subscriber,
 * publications from the database after each notice, and periodically. Knows nothing of HTTP.
 *
 *   position.ts  a client's position     publications.ts  publication states, read once for all streams
 *   event-stream.ts  Server-Sent Events
 */
import type { ErrorBody, Failure } from '../../../../schemas/errors.ts';
import type { StreamEvent } from '../../../../schemas/http/events.ts';
import type { CommittedUpdates } from '../../../actors/document/subscriptions/catch-up-reads.ts';
import type { DraftSubscribers } from '../../../actors/document/subscriptions/draft-subscribers.ts';
import type { SubscriberHandle } from '../../../actors/document/subscriptions/subscribe-request.ts';
import { coalesce } from '../../../lib/coalesce.ts';
import type { Logger } from '../../../lib/logger.ts';
import { ticking } from '../../../lib/timers.ts';
import type { Identity } from '../../../ports/access.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import { type Position, writePosition } from './position.ts';
import { type PublicationState, type Publications, sharedPublications } from './publications.ts';

export interface DocumentEventsPorts {
  draftSubscribers: Pick<DraftSubscribers, 'subscribe'>;
  publications: Publications;
  newId: () => string;
  log: Logger;
  /** Milliseconds between checks of the publications: pub/sub may lose a notice. */
  recheckMs: number;
}

export interface DocumentEventsRequest {
  documentId: string;
  identity: Identity;
  /** The client's position; undefined: the present one. */
  after: Position | undefined;
  onEvent(event: StreamEvent): void;
  /** Undefined: ready for more. A promise: no more updates until it settles (I9). */
  room(): Promise<void> | undefined;
  /** The stream is over; its last event was `bye`. Not called before it was opened. */
  onEnd(error: ErrorBody): void;
}

export interface DocumentEvents {
  /** Of the last event. */
  position(): Position;
  /** Resolves when all events up to the present have been emitted. */
  readonly caughtUp: Promise<void>;
  close(): void;
}

export type OpenDocumentEvents = (request: DocumentEventsRequest) => Promise<({ ok: true } & DocumentEvents) | Failure>;

export function createDocumentEvents(ports: DocumentEventsPorts): OpenDocumentEvents {
  const shared = { ...ports, publications: sharedPublications(ports.publications) };
  return async (request) => {
    const present = await shared.publications.state(request.documentId);
    return new Events(shared, request, present).open();
  };
}

class Events {
  readonly #ports: DocumentEventsPorts;
  readonly #request: DocumentEventsRequest;
  readonly #position: Position;
  /** A client without a position gets the present one as soon as it is subscribed. */
  #placed: boolean;
  #subscriber: SubscriberHandle | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;
  #checked = false;
  readonly #caughtUp = Promise.withResolvers<void>();

  constructor(ports: DocumentEventsPorts, request: DocumentEventsRequest, present: PublicationState | undefined) {
    this.#ports = ports;
    this.#request = request;
    this.#placed = request.after !== undefined;
    const { latest, published } = present ?? { latest: 0, published: false };
    this.#position = request.after
      ? { ...request.after }
      : { seq: 0, revision: latest, withdrawn: latest > 0 && !published };
  }

  async open(): Promise<({ ok: true } & DocumentEvents) | Failure> {
    const { documentId, identity, after, onEnd } = this.#request;
    let ended: ErrorBody | undefined;
    const subscribed = await this.#ports.draftSubscribers.subscribe({
      documentId,
      identity,
      connection: this.#ports.newId(),
      ...(after && { from: after.seq }),
      onUpdates: (updates) => this.#deliver(updates, 0),
      onRole: (role) => this.#emit('access', { role }),
      onNotice: (notice) => this.#noticed(notice),
      onEnd: (error) => {
        ended = error;
        if (!this.#subscriber) return;
        this.#emit('bye', { code: error.code, message: error.message });
        this.#close();
        onEnd(error);
      },
    });
    if (!subscribed.ok) return subscribed;
    if (ended) return { ok: false, error: ended };
    const { subscriber } = subscribed;
    this.#subscriber = subscriber;
    if (!this.#placed) this.#position.seq = subscriber.seq;
    this.#placed = true;
    const { recheckMs, log } = this.#ports;
    this.#timer = ticking(recheckMs, 'publications of a document', log, this.#recheck);
    // What was published before the notices were listened to.
    void this.#recheck();
    return {
      ok: true,
      position: () => ({ ...this.#position }),
      caughtUp: this.#caughtUp.promise,
      close: () => this.#close(),
    };
  }

  #emit(type: StreamEvent['type'], data: object): void {
    if (!this.#closed && this.#placed) this.#request.onEvent({ id: writePosition(this.#position), type, data });
  }

  /** Emits one update after the other, as long as the client keeps up. */
  #deliver(updates: readonly CommittedUpdates[], first: number): Promise<void> | undefined {
    for (const [index, { from, seq, update }] of updates.entries()) {
      if (index < first) continue;
      if (this.#closed) return undefined;
      this.#position.seq = seq;
      this.#placed = true;
      const { buffer, byteOffset, byteLength } = update;
      this.#emit('update', { from, seq, update: Buffer.from(buffer, byteOffset, byteLength).toString('base64') });
      const room = this.#request.room();
      if (room) return room.then(() => this.#deliver(updates, index + 1));
    }
    this.#resolveCaughtUp();
    return undefined;
  }

  #noticed(notice: DocumentNotice): void {
    if (notice.kind === 'changed') this.#emit('changed', {});
    else void this.#recheck();
  }

  /** Emits every revision since the last one emitted, and a withdrawal. */
  async #check(): Promise<void> {
    const state = await this.#ports.publications.state(this.#request.documentId);
    if (!state) return;
    const position = this.#position;
    while (position.revision < state.latest) {
      position.revision += 1;
      position.withdrawn = false;
      this.#emit('published', { revision: position.revision });
    }
    if (position.revision > 0 && !state.published && !position.withdrawn) {
      position.withdrawn = true;
      this.#emit('unpublished', {});
    }
  }

  readonly #recheck = coalesce(async () => {
    if (this.#closed) return;
    try {
      await this.#check();
    } catch (error) {
      this.#ports.log.warn({ documentId: this.#request.documentId, err: error }, 'could not read publications');
    }
    this.#checked = true;
    this.#resolveCaughtUp();
  });

  /** Resolves `caughtUp` once everything known has been emitted. */
  #resolveCaughtUp(): void {
    if (this.#subscriber && this.#checked && this.#position.seq >= this.#subscriber.head) this.#caughtUp.resolve();
  }

  #close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#subscriber?.close();
  }
}
