/**
 * Which nodes are alive, judged by the heartbeats that this node received and when, on its own monotonic clock. Pure: no
 * I/O, no timers. Knows neither Redis nor calls.
 *
 * Liveness only makes stealing polite (I2 makes it safe), so every doubt is for the accused:
 * - M1 silence counts only as far as it is *proven*: up to the sending time of the newest own heartbeat that came back
 *   to us through Redis. While Redis hangs, or our own reading lags, nobody grows silent.
 * - M2 after the link came up, and after this process itself was paused, silence is counted from anew.
 * - M3 a channel without listeners convicts only when its owner has had time to resubscribe since the last upset of the
 *   link or of Redis; and only a heartbeat sent after the verdict acquits. Heartbeats that were in flight when the
 *   verdict fell are recognised by our own next heartbeat: what comes in before it was sent before it.
 * - M4 a `leave` is for ever: node ids are unique for the life of a process.
 */
import type { Liveness } from '../../ports/cluster.ts';

interface Peer {
  lastHeard: number;
  /** When its channel was found without listeners. */
  goneSince: number | undefined;
  saidGoodbye: boolean;
}

type Link = { up: false } | { up: true; listeningSince: number; provenUntil: number; settledFrom: number };

/** Silent peers are removed after so many leases; from then on they are dead by their silence alone. */
const FORGET_AFTER_LEASES = 20;

export class Membership {
  readonly #nodeId: string;
  readonly #leaseMs: number;
  readonly #monotonic: () => number;
  readonly #peers = new Map<string, Peer>();
  #link: Link = { up: false };

  /** @param monotonic milliseconds on a clock that never jumps */
  constructor(nodeId: string, leaseMs: number, monotonic: () => number) {
    this.#nodeId = nodeId;
    this.#leaseMs = leaseMs;
    this.#monotonic = monotonic;
  }

  /**
   * The link came up.
   * @param settled true when the others are known to have been subscribed for long (our first link, to an old Redis)
   */
  linkUp(settled: boolean): void {
    const now = this.#monotonic();
    this.#link = {
      up: true,
      listeningSince: now,
      provenUntil: now,
      settledFrom: settled ? Number.NEGATIVE_INFINITY : now + this.#leaseMs,
    };
  }

  linkDown(): void {
    this.#link = { up: false };
    for (const peer of this.#peers.values()) peer.goneSince = undefined;
  }

  /** This process was paused, or its event loop stalled: it may have missed what others sent (M2). */
  wasPaused(): void {
    if (this.#link.up) this.#link.listeningSince = this.#monotonic();
  }

  /** An own heartbeat, sent at this time, came back. */
  echoed(sentAt: number): void {
    if (this.#link.up && sentAt > this.#link.provenUntil) this.#link.provenUntil = sentAt;
  }

  /** A heartbeat of a peer arrived. */
  heartbeat(nodeId: string): void {
    const peer = this.#peers.get(nodeId);
    if (!peer) {
      this.#peers.set(nodeId, { lastHeard: this.#monotonic(), goneSince: undefined, saidGoodbye: false });
      return;
    }
    if (peer.goneSince !== undefined) {
      if (!this.#link.up || this.#link.provenUntil <= peer.goneSince) return; // M3
      peer.goneSince = undefined;
    }
    peer.lastHeard = this.#monotonic();
  }

  saidGoodbye(nodeId: string): void {
    this.#peer(nodeId).saidGoodbye = true;
  }

  /** A message to the node reached no listener. Returns whether that convicts it (M3). */
  nobodyListens(nodeId: string): boolean {
    const now = this.#monotonic();
    const link = this.#link;
    if (!link.up || now < link.settledFrom || now - link.provenUntil > this.#leaseMs) return false;
    this.#peer(nodeId).goneSince ??= now;
    return true;
  }

  /** True for a node that can never come back (M4). */
  leftForEver(nodeId: string): boolean {
    return this.#peers.get(nodeId)?.saidGoodbye ?? false;
  }

  liveness(nodeId: string): Liveness {
    if (nodeId === this.#nodeId) return 'alive';
    const peer = this.#peers.get(nodeId);
    if (peer?.saidGoodbye) return 'dead';
    const link = this.#link;
    if (!link.up) return 'unknown';
    if (peer?.goneSince !== undefined) return 'dead';
    const lastHeard = peer?.lastHeard ?? Number.NEGATIVE_INFINITY;
    if (this.#monotonic() - lastHeard <= this.#leaseMs) return 'alive';
    return link.provenUntil - Math.max(lastHeard, link.listeningSince) > this.#leaseMs ? 'dead' : 'unknown'; // M1, M2
  }

  /** Nodes that are alive, this one first. */
  alive(): string[] {
    return [this.#nodeId, ...[...this.#peers.keys()].filter((id) => this.liveness(id) === 'alive')];
  }

  /** Every peer that is remembered, with its present liveness; forgets the long silent ones. */
  peers(): Map<string, Liveness> {
    const forgetBefore = this.#monotonic() - FORGET_AFTER_LEASES * this.#leaseMs;
    const states = new Map<string, Liveness>();
    for (const [id, peer] of this.#peers) {
      if (peer.lastHeard < forgetBefore) this.#peers.delete(id);
      else states.set(id, this.liveness(id));
    }
    return states;
  }

  #peer(nodeId: string): Peer {
    let peer = this.#peers.get(nodeId);
    if (!peer) {
      // Never seen, but kept from now on, so that it is removed like the others.
      peer = { lastHeard: this.#monotonic() - this.#leaseMs - 1, goneSince: undefined, saidGoodbye: false };
      this.#peers.set(nodeId, peer);
    }
    return peer;
  }
}
