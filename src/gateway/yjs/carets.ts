/**
 * Awareness of one y-websocket client: its own state goes to all others, and theirs to it. A stock client also repeats the states
 * of others; these are ignored. // I4: it has one client id, which the document's owner has reserved for its user before
 * others see it.
 */
import type { Logger } from '../../lib/logger.ts';
import { later } from '../../lib/timers.ts';
import { type Presence, type PresenceEntry, readEntry } from '../authors/awareness.ts';
import type { PresenceWatcher, Rooms } from '../authors/rooms.ts';
import { stamp } from '../authors/stamp.ts';

export interface CaretsOptions {
  documentId: string;
  connection: string;
  user: { id: string; handle: string };
  rooms: Pick<Rooms, 'watch' | 'present' | 'absent'>;
  maxAwarenessBytes: number;
  send(presences: readonly Presence[]): void;
  log: Logger;
}

/** Milliseconds over which states are coalesced: each message costs the client one of its own, because it repeats what it gets. */
const GATHER_MS = 100;
/** States in one message; small enough for the client to repeat it. */
const STATES_A_MESSAGE = 50;
/** Bytes of the state `null`: the client has left. */
const NULL_BYTES = 4;
/** Most client ids remembered as those of others. // I9: */
const MAX_KNOWN = 10_000;

export class Carets implements PresenceWatcher {
  readonly connection: string;
  readonly #options: CaretsOptions;
  /** The client's own id; undefined until it sent a state of its own. */
  #clientId: number | undefined;
  #confirmed = false;
  #own: Presence | undefined;
  /** Client ids of the states that were sent to it. */
  readonly #known = new Set<number>();
  readonly #waiting = new Map<number, Presence>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(options: CaretsOptions) {
    this.connection = options.connection;
    this.#options = options;
  }

  get clientId(): number | undefined {
    return this.#clientId;
  }

  /** Sends the client the present states, from the beginning. */
  watch(): void {
    this.#stopWatching?.();
    this.#stopWatching = this.#options.rooms.watch(this.#options.documentId, this);
  }

  stop(): void {
    this.#stopWatching?.();
    clearTimeout(this.#gathering);
    this.#options.rooms.absent(this.#options.documentId, this.connection);
  }

  /**
   * Receives the client's awareness update.
   * @returns `claims`: its client id is now known, and is to be confirmed; `malformed`: its own state is not valid
   */
  receive(entries: readonly PresenceEntry[]): 'received' | 'claims' | 'malformed' {
    const clientId =
      this.#clientId ??
      entries.find(({ clientId, json }) => json.byteLength !== NULL_BYTES && !this.#known.has(clientId))?.clientId;
    const entry = entries.find((each) => each.clientId === clientId);
    if (!entry) return 'received';
    const presence = entry.json.byteLength <= this.#options.maxAwarenessBytes ? readEntry(entry) : undefined;
    if (!presence) return 'malformed';
    const claims = this.#clientId === undefined;
    this.#clientId = clientId;
    this.#own = stamp(presence, this.#options.user);
    if (this.#confirmed) this.#broadcast();
    return claims ? 'claims' : 'received';
  }

  /** The client id is reserved for its user. */
  confirm(clientId: number): void {
    if (clientId !== this.#clientId || this.#confirmed) return;
    this.#confirmed = true;
    this.#broadcast();
  }

  show(presences: readonly Presence[]): void {
    for (const presence of presences) this.#waiting.set(presence.clientId, presence);
    this.#gathering ??= later(GATHER_MS, 'carets', this.#options.log, () => this.#flush());
  }

  #broadcast(): void {
    if (this.#own) this.#options.rooms.present(this.#options.documentId, this.connection, this.#own);
  }

  #flush(): void {
    this.#gathering = undefined;
    const presences = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { clientId } of presences) this.#remember(clientId);
    for (let at = 0; at < presences.length; at += STATES_A_MESSAGE) {
      this.#options.send(presences.slice(at, at + STATES_A_MESSAGE));
    }
  }

  #remember(clientId: number): void {
    this.#known.add(clientId);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.values().next().value ?? clientId);
  }
}
