/**
 * The client ids that a document is written under here. The server binds each to one user (I4): where it has another
 * user's work under one of ours, ours moves to another id, and nothing of it is lost. Knows no connection.
 */
import * as Y from 'yjs';
import { collides } from './client-id-collision.ts';
import { type Observable, Subject } from './observable.ts';
import type { Persisted } from './persistence.ts';
import { adjacentClientId, renameClient } from './rename-client.ts';

const MAX_CLIENT_ID = 0xffff_ffff;

export interface ClientIdsOptions {
  ydoc: Y.Doc;
  /** A number in [0, 1). */
  random: () => number;
  /** The document is written under another id from now on. */
  onTaken(clientId: number): void;
  /** The device keeps what was renamed. */
  onKept(): void;
}

export class ClientIds {
  readonly #options: ClientIdsOptions;
  readonly #renamed = new Subject(0);
  #persisted: Persisted | undefined;
  /** Written under on this device, and the server may lack some of it. */
  readonly #own = new Set<number>();
  /** Renamed since all was saved: another window may load the device as it was before, while it is replaced. */
  readonly #former = new Set<number>();
  /** The server may have another user's work under them: it is requested, and compared. */
  readonly #doubted = new Set<number>();
  #keeping = 0;

  constructor(options: ClientIdsOptions) {
    this.#options = options;
  }

  /** Counts how often work was moved to another id: what was stored of it before must not be applied any more. */
  get renamed(): Observable<number> {
    return this.#renamed;
  }

  /** What was renamed is not kept on the device yet: sent now, it could come back under both ids. */
  get isKeeping(): boolean {
    return this.#keeping > 0;
  }

  /** The device has loaded what it keeps. */
  restored(persisted: Persisted | undefined): void {
    this.#persisted = persisted;
    for (const client of persisted?.clientIds ?? []) {
      this.#own.add(client);
      this.#doubted.add(client);
    }
  }

  /** Something was written. */
  written(): void {
    const { clientID } = this.#options.ydoc;
    if (!this.#own.has(clientID) && this.#hasWritten(clientID)) this.#add(clientID);
  }

  isOwn(client: number): boolean {
    return this.#own.has(client);
  }

  /** From now on the document is written under an id that nothing was written under. */
  takeFresh(): void {
    const { ydoc, random, onTaken } = this.#options;
    ydoc.clientID = Math.floor(random() * MAX_CLIENT_ID);
    onTaken(ydoc.clientID);
  }

  /** The server refused the present id as another user's: whether what was written under it must be renamed is seen when it is compared. */
  doubt(): void {
    const { clientID } = this.#options.ydoc;
    if (this.#hasWritten(clientID)) this.#doubted.add(clientID);
    this.takeFresh();
  }

  /** The state vector to open with: it leaves out what is to be compared. */
  stateVector(): Uint8Array {
    const whole = Y.encodeStateVector(this.#options.ydoc);
    if (this.#doubted.size === 0) return whole;
    const vector = Y.decodeStateVector(whole);
    for (const client of this.#doubted) vector.delete(client);
    return Y.encodeStateVector(vector);
  }

  /** Compares what is in doubt with what the server answered, before that is applied. */
  compare(update: Uint8Array): void {
    for (const client of this.#doubted) if (collides(this.#options.ydoc, update, client)) this.rename(client);
    this.#doubted.clear();
  }

  /** The server has all that was written here. */
  settled(): void {
    const all = [...this.#own, ...this.#former];
    if (all.length === 0) return;
    this.#own.clear();
    this.#former.clear();
    this.#persisted?.changeClientIds?.([], all);
  }

  /** I4: what was written under a client id of somebody else goes under one that is ours. */
  rename(client: number): void {
    const { ydoc, random, onTaken, onKept } = this.#options;
    const to = adjacentClientId(ydoc, client, random);
    renameClient(ydoc, client, to);
    this.#own.delete(client);
    this.#former.add(client);
    this.#add(to);
    if (ydoc.clientID === client) {
      ydoc.clientID = to;
      onTaken(to);
    }
    this.#renamed.set(this.#renamed.get() + 1);
    const replaced = this.#persisted?.replace?.(client, to);
    if (!replaced) return;
    this.#keeping += 1;
    const goOn = (): void => {
      this.#keeping -= 1;
      onKept();
    };
    replaced.then(goOn, goOn);
  }

  #hasWritten(client: number): boolean {
    return Y.getState(this.#options.ydoc.store, client) > 0;
  }

  #add(clientId: number): void {
    this.#own.add(clientId);
    this.#persisted?.changeClientIds?.([clientId], []);
  }
}
