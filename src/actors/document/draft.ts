/**
 * The draft in memory: a Y.Doc, the user of each client id, and the check that every update passes before it touches the
 * text. Synchronous but for changes that are applied part by part; does not know the journal, sockets or other documents.
 *
 * I4: structs under a client id of another user are refused. I9, I10: limits and form are checked on the bytes first.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as Y from 'yjs';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { BODY } from '../../content/model/names.ts';
import type { DraftChange, DraftContent } from '../../content/model/types.ts';
import { readContent, writeContent } from '../../content/yjs/draft.ts';
import type { Rope } from '../../lib/msgpack/rope.ts';
import { SharedState } from './state/shared-state.ts';
import { admitUpdate } from './update/admit.ts';
import { baseOf, type UpdateBase } from './update/base.ts';
import { type CostMeter, createCostMeter } from './update/cost.ts';
import type { AdmitLimits, ScanLimits, TrialThresholds } from './update/limits.ts';
import { scanUpdate } from './update/scan.ts';
import { trimKnown, withoutKnown } from './update/trim.ts';
import { type ComposedUpdate, compose, type ServerClientId } from './writes/compose.ts';

export interface DraftLimits {
  /** Of what is new in an update; `scan.maxBytes` bounds the whole of it. */
  maxUpdateBytes: number;
  maxDocumentBytes: number;
  scan: ScanLimits;
  /** Of updates that the server makes itself of checked content, see `composedLimits`. */
  composed: ScanLimits;
  admit: AdmitLimits;
  /** Updates past any of these are first tried out in a worker (I10). */
  trial: TrialThresholds;
}

export type Applied =
  | { kind: 'applied'; update: Uint8Array; newClients: readonly number[] }
  /** Everything in it was known already. */
  | { kind: 'unchanged' }
  /** Too big to be applied here before a worker has tried it: what of it is new. */
  | { kind: 'trial'; update: Uint8Array }
  | { kind: 'refused'; code: ErrorCode; detail?: string | undefined }
  /** It passed every check and still broke Yjs: the text in memory can no longer be trusted. */
  | { kind: 'broken'; error: unknown };

/** From this size on the encoded state is shared by all openers, see state/. */
const SHARED_FROM_BYTES = 262_144;
const NOTHING: ReadonlyMap<number, number> = new Map();

export class Draft {
  readonly #doc = new Y.Doc({ gc: true });
  readonly #base: UpdateBase = baseOf(this.#doc);
  readonly #clients: Map<number, string>;
  /** Client ids reserved for a user, see client-ids.ts: no other user may be the first to write under them. */
  readonly #reserved = new Map<number, string>();
  readonly #owners = { ownerOf: (client: number) => this.#clients.get(client) };
  readonly #limits: DraftLimits;
  readonly #cost: CostMeter;
  /** What Yjs emitted for the update being applied: more than one when it cleans up formatting behind itself. */
  #emitted: Uint8Array[] = [];
  /** Upper estimate of the encoded state, bytes; made exact when it reaches the limit. */
  #bytes = 0;
  #bytesAreExact = false;
  readonly #shared: SharedState;
  /** A change is being applied part by part. */
  #isApplyingParts = false;
  #isDestroyed = false;

  constructor(updates: readonly Uint8Array[], clients: ReadonlyMap<number, string>, limits: DraftLimits) {
    this.#limits = limits;
    this.#cost = createCostMeter(limits.trial);
    this.#clients = new Map(clients);
    this.#shared = new SharedState(this.#doc, () => this.#anotherTurn());
    this.#doc.transact(() => {
      for (const update of updates) {
        Y.applyUpdate(this.#doc, update);
        this.#bytes += update.byteLength;
      }
    });
    this.#doc.on('update', (update: Uint8Array) => {
      this.#emitted.push(update);
    });
  }

  /** The user of a client id; undefined while it is unused. */
  ownerOf(clientId: number): string | undefined {
    return this.#clients.get(clientId) ?? this.#reserved.get(clientId);
  }

  /** Whether a client id is reserved. */
  isReserved(clientId: number): boolean {
    return this.#reserved.has(clientId);
  }

  /** The next clock of a client id. */
  clockOf(clientId: number): number {
    return this.#base.clockOf(clientId);
  }

  /** Binds an id to a user, with nothing written under it. */
  bind(clientId: number, userId: string): void {
    this.#clients.set(clientId, userId);
  }

  /** Bound ids under which nothing was written. */
  clientsWithoutStructs(): number[] {
    return [...this.#clients.keys()].filter((client) => this.clockOf(client) === 0);
  }

  /** Reserves a client id for a user until `free`. // I4: */
  reserve(clientId: number, userId: string): void {
    this.#reserved.set(clientId, userId);
  }

  free(clientId: number): void {
    this.#reserved.delete(clientId);
  }

  /**
   * Checks an update and applies it. Returns the update that Yjs emitted: exactly what was new.
   * @param tried true when a worker has applied it to a copy within its budget
   */
  apply(bytes: Uint8Array, userId: string, tried: boolean): Applied {
    const limits = this.#limits;
    if (bytes.byteLength > limits.scan.maxBytes) return { kind: 'refused', code: 'update_too_large' };
    const scan = scanUpdate(bytes, limits.scan, this.#base);
    if (!scan.ok) return { kind: 'refused', code: scan.code, detail: scan.detail };
    // Limits count only what the draft does not have yet.
    const news = withoutKnown(bytes, scan);
    if (news.byteLength > limits.maxUpdateBytes) return { kind: 'refused', code: 'update_too_large' };
    const store = this.#doc.store;
    const admission = admitUpdate(scan, this.#base, this.#owners, userId, limits.admit);
    if (!admission.ok) return { kind: 'refused', code: admission.code, detail: admission.detail };
    if (admission.newClients.some((client) => (this.#reserved.get(client) ?? userId) !== userId)) {
      return { kind: 'refused', code: 'client_forged', detail: 'a clientID is reserved for another user' };
    }
    if (admission.redundant) return { kind: 'unchanged' };
    if (scan.structCount > 0 && this.#isFull(news.byteLength)) return { kind: 'refused', code: 'document_too_large' };
    if (!tried && this.#cost.needsTrial(scan, news.byteLength)) return { kind: 'trial', update: news };

    this.#emitted = [];
    const startedAt = performance.now();
    try {
      Y.applyUpdate(this.#doc, admission.trim ? trimKnown(news, scan, this.#base) : news);
    } catch (error) {
      return { kind: 'broken', error };
    }
    this.#cost.observe(scan, performance.now() - startedAt);
    if (store.pendingStructs !== null || store.pendingDs !== null) {
      return { kind: 'broken', error: new Error('the update was left pending') };
    }
    return this.#applied(userId, admission.newClients);
  }

  /**
   * Makes a small change that does not replace the text on the draft itself, without a copy, see `canWrite`. It is measured
   * on an empty draft first, since Yjs cannot undo what was applied.
   * @param clientId the user's, or unbound
   */
  write(change: DraftChange, { clientId }: ServerClientId, userId: string): Exclude<Applied, { kind: 'trial' }> {
    const limits = this.#limits.composed;
    const measured = compose({ updates: [], change, clientIds: [{ clientId, clock: 0 }], limits });
    if (measured.kind === 'refused') return measured;
    if (measured.kind === 'made' && this.#isFull(measured.update.byteLength)) {
      return { kind: 'refused', code: 'document_too_large' };
    }
    this.#emitted = [];
    const isNew = !this.#clients.has(clientId);
    const before = this.clockOf(clientId);
    const own = this.#doc.clientID;
    this.#doc.clientID = clientId;
    try {
      writeContent(this.#doc, change);
    } catch (error) {
      return { kind: 'broken', error };
    } finally {
      // Otherwise Yjs would take later updates under this id for a clash with the Y.Doc's own.
      this.#doc.clientID = own;
    }
    return this.#applied(userId, isNew && this.clockOf(clientId) > before ? [clientId] : []);
  }

  /**
   * Applies an update that was composed on a copy, one part a turn of the event loop. Between the parts the draft must not be
   * read or changed. Its client id must be free, see writer.ts.
   * @param goOn called after each turn: false once the document's life has ended
   */
  async applyParts(
    made: ComposedUpdate,
    userId: string,
    goOn: () => boolean,
  ): Promise<Exclude<Applied, { kind: 'trial' }>> {
    this.#isApplyingParts = true;
    try {
      return await this.#applyEachPart(made, userId, goOn);
    } finally {
      this.#isApplyingParts = false;
    }
  }

  async #applyEachPart(
    made: ComposedUpdate,
    userId: string,
    goOn: () => boolean,
  ): Promise<Exclude<Applied, { kind: 'trial' }>> {
    const { parts, writtenUnder, update, weight } = made;
    const adds = weight.structCount > 0;
    if (adds && this.#isFull(update.byteLength)) return { kind: 'refused', code: 'document_too_large' };
    const newClients = adds && !this.#clients.has(writtenUnder.clientId) ? [writtenUnder.clientId] : [];
    const taken: Uint8Array[] = [];
    /** What Yjs adds of its own: marks that it removes. */
    const further: Uint8Array[] = [];
    let spentMs = 0;
    for (const [index, part] of parts.entries()) {
      if (index > 0) await nextTurn();
      if (!goOn()) return { kind: 'refused', code: 'reopen' };
      this.#emitted = [];
      const startedAt = performance.now();
      try {
        Y.applyUpdate(this.#doc, part);
      } catch (error) {
        return { kind: 'broken', error };
      }
      spentMs += performance.now() - startedAt;
      const [own, ...more] = this.#emitted;
      if (own) taken.push(own);
      further.push(...more);
    }
    this.#cost.observe(weight, spentMs);
    const { pendingDs, pendingStructs } = this.#doc.store;
    if (pendingStructs !== null || pendingDs !== null) {
      return { kind: 'broken', error: new Error('the update was left pending') };
    }
    // The update that the parts were cut from: merging the parts would take as long as applying them.
    this.#emitted = taken.length === 0 || parts.length === 1 ? [...taken, ...further] : [update, ...further];
    return this.#applied(userId, newClients);
  }

  /** Whether the time of `write` depends on the size of the change alone: it appends at the end of the draft. */
  canWrite(change: DraftChange): boolean {
    if (change.body !== undefined) return false;
    return change.append === undefined || this.#doc.getXmlFragment(BODY).length > 1;
  }

  content(): DraftContent {
    return readContent(this.#doc);
  }

  /** Upper estimate of the size of the encoded state. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Before `diff` and `state`: a promise while a large draft has to be encoded for them, a little at a time. */
  prepare(): Promise<void> | undefined {
    return this.#bytes < SHARED_FROM_BYTES || this.#shared.isReady ? undefined : this.#shared.prepare();
  }

  /** The updates that `stateVector` lacks, and perhaps some that it has. Throws on a malformed vector. */
  diff(stateVector: Uint8Array): Uint8Array | Rope {
    if (this.#shared.isReady) return this.#shared.diff(Y.decodeStateVector(stateVector));
    return Y.encodeStateAsUpdate(this.#doc, stateVector);
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  state(): Uint8Array {
    if (this.#shared.isReady) return this.#shared.diff(NOTHING).toBytes();
    const state = Y.encodeStateAsUpdate(this.#doc);
    this.#bytes = state.byteLength;
    this.#bytesAreExact = true;
    return state;
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#doc.destroy();
  }

  /** For work in slices: waits for a turn in which no change is half applied. False once the document's life has ended. */
  async #anotherTurn(): Promise<boolean> {
    do await nextTurn();
    while (this.#isApplyingParts);
    return !this.#isDestroyed;
  }

  /** The result of a change: the updates that Yjs emitted. */
  #applied(userId: string, newClients: readonly number[]): Exclude<Applied, { kind: 'trial' }> {
    const [first] = this.#emitted;
    if (!first) return { kind: 'unchanged' };
    const update = this.#emitted.length === 1 ? first : Y.mergeUpdates(this.#emitted);
    for (const client of newClients) this.#clients.set(client, userId);
    this.#bytes += update.byteLength;
    this.#bytesAreExact = false;
    this.#shared.append(update);
    return { kind: 'applied', update, newClients };
  }

  #isFull(more: number): boolean {
    const max = this.#limits.maxDocumentBytes;
    if (this.#bytes + more <= max) return false;
    if (!this.#bytesAreExact) {
      this.#bytes = Y.encodeStateAsUpdate(this.#doc).byteLength;
      this.#bytesAreExact = true;
    }
    return this.#bytes + more > max;
  }
}
