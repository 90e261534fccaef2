/**
 * The carets of one y-websocket client: its own, told to everybody, and everybody's, told to it. A stock client passes on
 * what it hears of others; that is no speech of its own and is left out. // I4: it speaks under one client id, which the
 * document's owner has kept for its user before anybody sees it.
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

/** Carets gather so long: each message costs the client one of its own, for it passes on what it hears. */
const GATHER_MS = 100;
/** States in one message; the client must be able to pass it on. */
const STATES_A_MESSAGE = 50;
/** A state `null`: somebody has left. */
const NULL_BYTES = 4;
/** Client ids remembered as somebody else's. // I9: */
const MAX_KNOWN = 10_000;

export class Carets implements PresenceWatcher {
  readonly connection: string;
  readonly #options: CaretsOptions;
  /** The client's own id; undefined until it has said it. */
  #clientId: number | undefined;
  #confirmed = false;
  #own: Presence | undefined;
  /** Client ids that it heard of from us. */
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

  /** Shows the client who is here, from the beginning. */
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
   * Takes what the client says.
   * @returns `claims`: it has said its id, which is to be confirmed; `malformed`: its own state is none
   */
  hear(entries: readonly PresenceEntry[]): 'heard' | 'claims' | 'malformed' {
    const clientId =
      this.#clientId ??
      entries.find(({ clientId, json }) => json.byteLength !== NULL_BYTES && !this.#known.has(clientId))?.clientId;
    const entry = entries.find((each) => each.clientId === clientId);
    if (!entry) return 'heard';
    const presence = entry.json.byteLength <= this.#options.maxAwarenessBytes ? readEntry(entry) : undefined;
    if (!presence) return 'malformed';
    const claims = this.#clientId === undefined;
    this.#clientId = clientId;
    this.#own = stamp(presence, this.#options.user);
    if (this.#confirmed) this.#tell();
    return claims ? 'claims' : 'heard';
  }

  /** The client id is its user's. */
  confirm(clientId: number): void {
    if (clientId !== this.#clientId || this.#confirmed) return;
    this.#confirmed = true;
    this.#tell();
  }

  show(presences: readonly Presence[]): void {
    for (const presence of presences) this.#waiting.set(presence.clientId, presence);
    this.#gathering ??= later(GATHER_MS, 'carets', this.#options.log, () => this.#flush());
  }

  #tell(): void {
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
