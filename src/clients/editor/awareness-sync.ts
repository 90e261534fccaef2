/**
 * Sends and receives the carets and names of who is in a document (y-protocols awareness). Nothing here is stored or
 * acknowledged: what is lost is soon sent again.
 */
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { guarded } from '../guard.ts';

export interface AwarenessSyncOptions {
  /** Movements within this time are sent as one, milliseconds. */
  gatherMs: number;
  canSend: () => boolean;
  send: (update: Uint8Array) => void;
}

/** Its timer removes stale carets and calls listeners: an error of theirs must not end in it. */
class GuardedAwareness extends Awareness {
  override emit(...event: Parameters<Awareness['emit']>): void {
    guarded(() => super.emit(...event));
  }
}

export class AwarenessSync {
  readonly awareness: Awareness;
  readonly #options: AwarenessSyncOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ydoc: Doc, options: AwarenessSyncOptions) {
    this.awareness = new GuardedAwareness(ydoc);
    this.#options = options;
    this.awareness.on('update', this.#onChange);
  }

  receive(update: Uint8Array): void {
    applyAwarenessUpdate(this.awareness, new Uint8Array(update), this);
  }

  /** Shows ourselves under a new clock: others took us for gone and ignore what they had seen before. */
  announce(): void {
    this.awareness.setLocalState(this.awareness.getLocalState());
    this.#send();
  }

  /** The connection is gone, and with it all that was known of others. */
  removeOthers(): void {
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.awareness.clientID);
    removeAwarenessStates(this.awareness, others, this);
    // Their carets are shown again under the clocks that they had.
    for (const client of others) this.awareness.meta.delete(client);
  }

  setClientId(clientId: number): void {
    const state = this.awareness.getLocalState();
    this.awareness.setLocalState(null);
    this.awareness.clientID = clientId;
    this.awareness.setLocalState(state);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.awareness.off('update', this.#onChange);
    this.awareness.destroy();
  }

  readonly #onChange = (_changes: unknown, origin: unknown): void => {
    if (origin === this || this.#timer !== undefined || !this.#options.canSend()) return;
    this.#timer = setTimeout(() => guarded(() => this.#send()), this.#options.gatherMs);
  };

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#options.canSend() || this.awareness.getLocalState() === null) return;
    this.#options.send(encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]));
  }
}
