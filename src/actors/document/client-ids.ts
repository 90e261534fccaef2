/**
 * Which user owns a client id before anything is written under it. The first write binds an id for good, see draft.ts; until
 * then an editor's id is reserved, in the journal, from its first open: awareness shows it to everybody, and work that its
 * user writes offline may arrive much later.
 *
 * I4: nobody writes, or sends awareness, under the client id of another user. A viewer reserves nothing: it has its id only
 * while its connection uses it and no editor opens the document with the same id.
 * I9: reservations of a user in a document are limited; the oldest are released first, and each expires some time after its last use.
 */
import type { Claim, Reservation } from '../../ports/journal.ts';
import type { Draft } from './draft.ts';
import type { DocumentPorts, Participant } from './ports.ts';

/** Shortest time between two renewals of a reservation in the journal, milliseconds. */
const RENEW_MS = 86_400_000;

export interface ClientIdsParts {
  documentId: string;
  claim: Claim;
  draft: Draft;
  reservations: ReadonlyMap<number, Reservation>;
  ports: Pick<DocumentPorts, 'clock' | 'journal' | 'limits' | 'log'>;
}

/** `fenced`: another node owns the document. `unavailable`: the database did not answer. */
export type ReserveOutcome = 'reserved' | 'fenced' | 'unavailable';

/** A connection's present client id. */
interface ClientIdUse {
  readonly clientId: number;
  readonly userId: string;
  readonly isEditor: boolean;
}

/** Reservations that are stored in one statement. */
interface Batch {
  readonly clients: Map<number, string>;
  readonly forgotten: Set<number>;
  readonly stored: Promise<ReserveOutcome>;
}

export class ClientIds {
  readonly #parts: ClientIdsParts;
  /** Ids of editors under which nothing was written when they were last checked. */
  readonly #reservations: Map<number, Reservation>;
  /** By connection. */
  readonly #uses = new Map<string, ClientIdUse>();
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
   * Reserves a free id for an editor.
   * @returns undefined: it is reserved already; `full`: the user has too many, all of them in use
   */
  reserve(clientId: number, userId: string): Promise<ReserveOutcome> | 'full' | undefined {
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
      const oldest = over > 0 ? unused.filter((id) => !this.#isInUse(id)).slice(0, over) : [];
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

  /** From now on a connection uses an id. @returns connections that used it and must stop */
  use(connection: string, clientId: number, { author: { userId }, role }: Participant): string[] {
    this.release(connection);
    const isEditor = role !== 'view';
    this.#uses.set(connection, { clientId, userId, isEditor });
    return isEditor ? this.#others(clientId, userId) : [];
  }

  /** A connection has closed, or uses its client id no more. */
  release(connection: string): void {
    this.#uses.delete(connection);
  }

  /** Connections of other users that use an id. */
  #others(clientId: number, userId: string): string[] {
    const others: string[] = [];
    for (const [connection, use] of this.#uses) {
      if (use.clientId === clientId && use.userId !== userId) others.push(connection);
    }
    return others;
  }

  #isInUse(clientId: number): boolean {
    for (const use of this.#uses.values()) if (use.isEditor && use.clientId === clientId) return true;
    return false;
  }

  #isWritten(clientId: number): boolean {
    return this.#parts.draft.clockOf(clientId) > 0;
  }

  #endIfExpired(clientId: number): void {
    const { clock, limits } = this.#parts.ports;
    const known = this.#reservations.get(clientId);
    if (!known || this.#isInUse(clientId) || clock.now() - known.at < limits.reservedClientIdMs) return;
    this.#end(clientId);
  }

  #end(clientId: number): void {
    this.#reservations.delete(clientId);
    this.#parts.draft.free(clientId);
  }

  /** A user's reservations, the oldest first. Ids that were written under are bound and need none: adds them to `written`. */
  #reservedBy(userId: string, written: number[]): number[] {
    const unused: number[] = [];
    for (const [clientId, reservation] of this.#reservations) {
      if (reservation.userId !== userId) continue;
      if (this.#isWritten(clientId)) written.push(clientId);
      else unused.push(clientId);
    }
    return unused;
  }

  #store(clientId: number, userId: string, forgotten: readonly number[]): Promise<ReserveOutcome> {
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

  async #write({ clients, forgotten }: Batch): Promise<ReserveOutcome> {
    const { documentId, claim, ports } = this.#parts;
    const { epoch } = claim;
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
      ports.log.warn({ documentId, err }, 'could not reserve client ids');
      return 'unavailable';
    }
  }
}
