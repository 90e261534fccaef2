/**
 * Connections that have a document open, by node. A remote node renews its connections; those that it no longer renews are
 * removed, so that a lost `leave` keeps no document in memory.
 */

interface NodeParticipants {
  readonly connections: Set<string>;
  renewedAt: number;
}

export class Participants {
  readonly #nodes = new Map<string, NodeParticipants>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(node: string, connection: string, now: number): void {
    const participants = this.#nodes.get(node) ?? { connections: new Set<string>(), renewedAt: now };
    this.#nodes.set(node, participants);
    participants.renewedAt = now;
    if (participants.connections.has(connection)) return;
    participants.connections.add(connection);
    this.#count += 1;
  }

  remove(node: string, connection: string): void {
    const participants = this.#nodes.get(node);
    if (!participants?.connections.delete(connection)) return;
    this.#count -= 1;
    if (participants.connections.size === 0) this.#nodes.delete(node);
  }

  renew(node: string, now: number): void {
    const participants = this.#nodes.get(node);
    if (participants) participants.renewedAt = now;
  }

  /** Removes nodes other than `self` that were not renewed since `since`, milliseconds. */
  forgetStale(self: string, since: number): void {
    for (const [node, participants] of this.#nodes) {
      if (node === self || participants.renewedAt >= since) continue;
      this.#count -= participants.connections.size;
      this.#nodes.delete(node);
    }
  }

  /** True when `connection` is the only participant. */
  isAlone(connection: string): boolean {
    if (this.#count !== 1) return false;
    for (const participants of this.#nodes.values()) return participants.connections.has(connection);
    return false;
  }

  nodes(): Iterable<string> {
    return this.#nodes.keys();
  }
}
