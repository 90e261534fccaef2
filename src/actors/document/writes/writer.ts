/**
 * Carries out changes of content: makes each into a Yjs update under a client id of the author's own (I4) and applies it.
 * One at a time, in the order of arrival.
 *
 * Small additions are made on the resident draft. All others are made on a copy, of the present or of an earlier draft, in a
 * worker if it is large (I10), tried there, and applied as a concurrent edit: what was typed meanwhile stays, and a change
 * that fails has touched nothing. A large one is applied part by part; other requests of the document wait for its end.
 *
 * A write is carried out once. A repeated append would add its text twice, so its `writeId` is bound to the author in the
 * transaction that logs it. When the outcome of a write is unknown, the epoch has been raised before the request is repeated:
 * the new life loads everything that the old one can ever have written (I2), so the id is bound or the write did not happen.
 * A call that arrives late, when another node may have carried out the write, carries an epoch that is over. The id is no
 * client id of the text: those are kept for good, write ids are deleted after a day. Until then the request may be repeated
 * with the same id, and gets the outcome of the first.
 */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Applied, Draft } from '../draft.ts';
import type { Outstanding } from '../outstanding.ts';
import type { DocumentPorts, WriteAnswer, WriteRequest } from '../ports.ts';
import type { WriteGate } from '../write-gate.ts';
import { type Composed, type ComposedUpdate, type ComposeTask, compose, type ServerClientId } from './compose.ts';
import { randomClientId, serverClientIds } from './server-client-ids.ts';

/** An addition of so many characters is made on the resident draft: some milliseconds. */
const SMALL_ADDITION = 16_384;
/** Up to so many bytes of draft and change a copy is made on this thread, without a trial. */
const SMALL_COPY = 2_048;
/** A change is composed again if its client id was written under meanwhile, which no honest client does. */
const MAX_COMPOSITIONS = 3;

/** A write may be repeated under its id for so long, milliseconds: the journal keeps the id at least as long. */
const REPEATABLE_MS = 86_400_000;

export interface WriterParts {
  documentId: string;
  epoch: number;
  draft: Draft;
  outstanding: Outstanding;
  ports: Pick<DocumentPorts, 'clock' | 'copies' | 'journal' | 'limits' | 'log'>;
  writeGate: WriteGate;
  isEnded: () => boolean;
  /** Logs what was applied, and answers. */
  settle: (result: Exclude<Applied, { kind: 'trial' }>, request: WriteRequest) => void;
  onBroken: (error: unknown) => void;
}

type Source = { ok: true; updates: readonly Uint8Array[] } | Failure;
type Attempt = { ok: true; composed: Composed } | Failure;

export class Writer {
  readonly #parts: WriterParts;
  /** When write ids were bound; those bound before this life count from its beginning. */
  readonly #boundAt = new Map<number, number>();
  readonly #startedAt: number;
  #waiting: WriteRequest[] = [];
  #working = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#startedAt = parts.ports.clock.now();
  }

  get isIdle(): boolean {
    return !this.#working;
  }

  handle(request: WriteRequest): void {
    this.#waiting.push(request);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let request = this.#waiting.shift(); request; request = this.#waiting.shift()) {
      try {
        if (this.#parts.isEnded()) request.reply(failure('reopen'));
        else await this.#perform(request);
      } catch (error) {
        request.reply(failure('internal'));
        this.#parts.onBroken(error);
      }
    }
    this.#working = false;
  }

  async #perform(request: WriteRequest): Promise<void> {
    const { draft, outstanding, ports, settle } = this.#parts;
    const { author, change, repeated, reply, writeId } = request;
    if (request.epoch !== undefined && request.epoch !== this.#parts.epoch) {
      reply(failure('reopen'));
      return;
    }
    if (repeated && this.#isDone(writeId, author.userId)) {
      this.#unchanged(request);
      return;
    }
    const size = JSON.stringify(change).length;
    // The draft as of the beginning of the write: what is typed from then on is kept.
    let from: Source | undefined;
    for (let attempt = 0; attempt < MAX_COMPOSITIONS; attempt += 1) {
      const refused = this.#refusal(request);
      if (refused) {
        reply(refused);
        return;
      }
      const clientIds = this.#clientIdsOf(author.userId);
      const isPast = request.base !== undefined && request.base !== outstanding.appliedSeq;
      if (!isPast && size <= SMALL_ADDITION && draft.canWrite(change)) {
        settle(this.#marked(draft.write(change, clientIds[0]!, author.userId), request), request);
        return;
      }
      from ??= await this.#source(request);
      const attempted = from.ok
        ? await this.#compose(author.userId, this.#task(from.updates, request, clientIds, isPast), size)
        : from;
      const late = this.#refusal(request) ?? (attempted.ok ? undefined : attempted);
      if (late || !attempted.ok) {
        reply(late ?? failure('internal'));
        return;
      }
      const { composed } = attempted;
      switch (composed.kind) {
        case 'unchanged':
          this.#unchanged(request);
          return;
        case 'refused':
          ports.log.info({ documentId: this.#parts.documentId, ...composed }, 'a change to a draft was rejected');
          reply(failure(composed.code));
          return;
        case 'made':
          if (!this.#isFree(composed.writtenUnder, author.userId)) continue;
          await this.#take(composed, request);
          return;
      }
    }
    reply(failure('overloaded'));
  }

  #task(
    updates: readonly Uint8Array[],
    { change }: WriteRequest,
    clientIds: readonly ServerClientId[],
    isPast: boolean,
  ): ComposeTask {
    const { draft, ports } = this.#parts;
    const present = isPast ? draft.state() : undefined;
    return { updates, present, change, clientIds, limits: ports.limits.composed };
  }

  async #take(made: ComposedUpdate, request: WriteRequest): Promise<void> {
    const { draft, isEnded, writeGate, settle } = this.#parts;
    writeGate.close();
    try {
      const result = await draft.applyParts(made, request.author.userId, () => !isEnded());
      if (isEnded()) request.reply(failure('reopen'));
      else settle(this.#marked(result, request), request);
    } finally {
      writeGate.open();
    }
  }

  /** Why the write cannot be carried out as things stand. */
  #refusal({ base, ifSeq }: WriteRequest): Failure | undefined {
    const { isEnded, outstanding, ports } = this.#parts;
    if (isEnded()) return failure('reopen');
    if (outstanding.isFull(ports.limits)) return failure('overloaded'); // I9
    if (ifSeq !== undefined && ifSeq !== outstanding.appliedSeq) return failure('precondition_failed');
    if (base !== undefined && base > outstanding.appliedSeq) return failure('bad_request');
    return undefined;
  }

  /** There is nothing to log; the answer waits for the commit of what was applied before (I1). */
  #unchanged({ reply }: WriteRequest): void {
    const { outstanding } = this.#parts;
    const seq = outstanding.appliedSeq;
    outstanding.answer<WriteAnswer>(seq, reply, { ok: true, seq });
  }

  /** The draft that the change was made from. */
  async #source({ base }: WriteRequest): Promise<Source> {
    const { documentId, draft, outstanding, ports } = this.#parts;
    if (base === undefined || base === outstanding.appliedSeq) return { ok: true, updates: [draft.state()] };
    try {
      const updates = await ports.journal.stateAt(documentId, base);
      return updates ? { ok: true, updates } : failure('bad_request');
    } catch (error) {
      ports.log.warn({ documentId, err: error }, 'could not read an earlier position of a draft');
      return failure('unavailable');
    }
  }

  async #compose(userId: string, task: ComposeTask, size: number): Promise<Attempt> {
    const { documentId, ports } = this.#parts;
    try {
      const drafts = task.present ? [...task.updates, task.present] : task.updates;
      const bytes = drafts.reduce((sum, { byteLength }) => sum + byteLength, size);
      if (bytes <= SMALL_COPY) return { ok: true, composed: compose(task) };
      return await ports.copies.compose(userId, task);
    } catch (error) {
      // A copy broke: the draft itself is whole.
      ports.log.error({ err: error, documentId }, 'could not make a change to a draft');
      return failure('internal');
    }
  }

  /**
   * Client ids to write under, the preferred first. A copy of an earlier draft may lack what the user wrote since, and then
   * those clocks are taken; an unused id fits any copy.
   */
  #clientIdsOf(userId: string): ServerClientId[] {
    const { documentId, draft } = this.#parts;
    const own = serverClientIds(documentId, userId).map((clientId) => ({ clientId, clock: draft.clockOf(clientId) }));
    const fresh = { clientId: randomClientId(), clock: 0, isSpare: true };
    return [...own, fresh].filter((candidate) => this.#isFree(candidate, userId));
  }

  /** I4: bound to the user or unbound, reserved for nobody, and nothing was written under it since. */
  #isFree({ clientId, clock }: ServerClientId, userId: string): boolean {
    const { draft } = this.#parts;
    if (draft.isReserved(clientId) || draft.clockOf(clientId) !== clock) return false;
    const owner = draft.ownerOf(clientId);
    return owner === userId || (owner === undefined && clock === 0);
  }

  /** Whether a write with that id was carried out for the user. // I4: no text is written under such an id. */
  #isDone(writeId: number, userId: string): boolean {
    const { draft, ports } = this.#parts;
    if (draft.ownerOf(writeId) !== userId || draft.clockOf(writeId) > 0 || draft.isReserved(writeId)) return false;
    return ports.clock.now() - (this.#boundAt.get(writeId) ?? this.#startedAt) < REPEATABLE_MS;
  }

  /** Binds the write's id, unless it is bound already: then it proves nothing. */
  #marked(result: Exclude<Applied, { kind: 'trial' }>, { author, writeId }: WriteRequest): typeof result {
    const { draft, ports } = this.#parts;
    if (result.kind !== 'applied') return result;
    const owner = draft.ownerOf(writeId);
    if (owner === undefined || owner === author.userId) this.#boundAt.set(writeId, ports.clock.now());
    if (owner !== undefined) return result;
    draft.bind(writeId, author.userId);
    return { ...result, newClients: [...result.newClients, writeId] };
  }
}
