/**
 * Whose the client ids of a document are before anything is written under them. What is written binds an id for good, see
 * draft.ts; until then an editor's is reserved, in the journal, from its first open: awareness shows it to all, and work
 * that its user writes offline may come much later.
 *
 * I4: nobody writes or speaks under the id of another. Whoever may only view reserves nothing, and has its id no longer than it
 * speaks under it and no editor opens the document with it.
 * I9: a user has so many reservations in a document, the oldest are given up first, and each ends some time after its last use.
 */
import type { Claimed, Reservation } from '../../ports/journal.ts';
import type { Draft } from './draft.ts';
import type { DocumentPorts, Participant } from './ports.ts';

/** A reservation that is used again is renewed in the journal no oftener, milliseconds. */
const RENEW_MS = 86_400_000;

export interface ClientIdsParts {
  documentId: string;
  held: Claimed;
  draft: Draft;
  reservations: ReadonlyMap<number, Reservation>;
  ports: Pick<DocumentPorts, 'clock' | 'journal' | 'limits' | 'log'>;
}

/** `fenced`: another node holds the document. `unavailable`: the database did not answer. */
export type Reserved = 'reserved' | 'fenced' | 'unavailable';

interface Speaker {
  readonly clientId: number;
  readonly userId: string;
  readonly isEditor: boolean;
}

/** What is on its way to the journal together. */
interface Batch {
  readonly clients: Map<number, string>;
  readonly forgotten: Set<number>;
  readonly stored: Promise<Reserved>;
}

export class ClientIds {
  readonly #parts: ClientIdsParts;
  /** Those of editors under which nothing was written when they were last looked at. */
  readonly #reservations: Map<number, Reservation>;
  /** By connection: the id that it speaks under. */
  readonly #speakers = new Map<string, Speaker>();
  /** Gathers while another batch is being stored. */
  #gathering: Batch | undefined;
  #storing: Batch | undefined;

  constructor(parts: ClientIdsParts) {
    this.#parts = parts;
    this.#reservations = new Map(parts.reservations);
    for (const [clientId, { userId }] of this.#reservations) parts.draft.reserve(clientId, userId);
  }

  /** Whether a participant may open the document under an id. */
  isFree(clientId: number, { author: { userId }, role }: Participant): boolean {
    this.#endIfExpired(clientId);
    const owner = this.#parts.draft.ownerOf(clientId);
    if (owner !== undefined) return owner === userId;
    return role !== 'view' || this.#others(clientId, userId).length === 0;
  }

  /**
   * Keeps an id that is free for an editor.
   * @returns undefined: it is kept already; `full`: the user has too many, all of them in use
   */
  reserve(clientId: number, userId: string): Promise<Reserved> | 'full' | undefined {
    const { clock, limits } = this.#parts.ports;
    if (this.#isWritten(clientId)) return undefined;
    const waiting = [this.#storing, this.#gathering].find((batch) => batch?.clients.has(clientId));
    if (waiting) return waiting.stored;
    const known = this.#reservations.get(clientId);
    const now = clock.now();
    if (known && now - known.at < RENEW_MS) return undefined;
    const forgotten: number[] = [];
    if (!known) {
      const unused = this.#reservedBy(userId, forgotten);
      const over = unused.length + 1 - limits.maxReservedClientIds;
      const oldest = over > 0 ? unused.filter((id) => !this.#isSpoken(id)).slice(0, over) : [];
      if (oldest.length < over) return 'full'; // I9
      forgotten.push(...oldest);
    }
    for (const id of forgotten) this.#end(id);
    this.#reservations.delete(clientId);
    this.#reservations.set(clientId, { userId, at: now });
    this.#parts.draft.reserve(clientId, userId);
    return this.#store(clientId, userId, forgotten).then((outcome) => {
      if (outcome !== 'reserved' && !known) this.#end(clientId);
      return outcome;
    });
  }

  /** From now on a connection speaks under an id. @returns connections that spoke under it and must not any more */
  speak(connection: string, clientId: number, { author: { userId }, role }: Participant): string[] {
    this.release(connection);
    const isEditor = role !== 'view';
    this.#speakers.set(connection, { clientId, userId, isEditor });
    return isEditor ? this.#others(clientId, userId) : [];
  }

  /** A connection is gone, or speaks no longer. */
  release(connection: string): void {
    this.#speakers.delete(connection);
  }

  /** Connections of other users that speak under an id. */
  #others(clientId: number, userId: string): string[] {
    const others: string[] = [];
    for (const [connection, speaker] of this.#speakers) {
      if (speaker.clientId === clientId && speaker.userId !== userId) others.push(connection);
    }
    return others;
  }

  #isSpoken(clientId: number): boolean {
    for (const speaker of this.#speakers.values()) if (speaker.isEditor && speaker.clientId === clientId) return true;
    return false;
  }

  #isWritten(clientId: number): boolean {
    return this.#parts.draft.clockOf(clientId) > 0;
  }

  #endIfExpired(clientId: number): void {
    const { clock, limits } = this.#parts.ports;
    const known = this.#reservations.get(clientId);
    if (!known || this.#isSpoken(clientId) || clock.now() - known.at < limits.reservedClientIdMs) return;
    this.#end(clientId);
  }

  #end(clientId: number): void {
    this.#reservations.delete(clientId);
    this.#parts.draft.free(clientId);
  }

  /** A user's reservations, the oldest first. Those that are written under need no keeping any more: adds them to `written`. */
  #reservedBy(userId: string, written: number[]): number[] {
    const unused: number[] = [];
    for (const [clientId, reservation] of this.#reservations) {
      if (reservation.userId !== userId) continue;
      if (this.#isWritten(clientId)) written.push(clientId);
      else unused.push(clientId);
    }
    return unused;
  }

  #store(clientId: number, userId: string, forgotten: readonly number[]): Promise<Reserved> {
    this.#gathering ??= this.#gather();
    const batch = this.#gathering;
    batch.clients.set(clientId, userId);
    for (const id of forgotten) batch.forgotten.add(id);
    return batch.stored;
  }

  #gather(): Batch {
    const batch: Batch = {
      clients: new Map(),
      forgotten: new Set(),
      stored: (this.#storing?.stored ?? Promise.resolve()).then(async () => {
        this.#storing = batch;
        this.#gathering = undefined;
        try {
          return await this.#write(batch);
        } finally {
          this.#storing = undefined;
        }
      }),
    };
    return batch;
  }

  async #write({ clients, forgotten }: Batch): Promise<Reserved> {
    const { documentId, held, ports } = this.#parts;
    const { epoch } = held;
    const forget = [...forgotten].filter((id) => !clients.has(id));
    try {
      const stored = await ports.journal.reserve({
        documentId,
        epoch,
        clients,
        forget,
        lifeMs: ports.limits.reservedClientIdMs,
      });
      return stored ? 'reserved' : 'fenced';
    } catch (err) {
      ports.log.warn({ documentId, err }, 'client ids not reserved');
      return 'unavailable';
    }
  }
}
