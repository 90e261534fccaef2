/**
 * Who has a document open, by node. A remote node renews what it reported; what it no longer reports is forgotten, so
 * that a lost goodbye keeps no document in memory.
 */

interface Presence {
  readonly connections: Set<string>;
  renewedAt: number;
}

export class Participants {
  readonly #nodes = new Map<string, Presence>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(node: string, connection: string, now: number): void {
    const presence = this.#nodes.get(node) ?? { connections: new Set<string>(), renewedAt: now };
    this.#nodes.set(node, presence);
    presence.renewedAt = now;
    if (presence.connections.has(connection)) return;
    presence.connections.add(connection);
    this.#count += 1;
  }

  remove(node: string, connection: string): void {
    const presence = this.#nodes.get(node);
    if (!presence?.connections.delete(connection)) return;
    this.#count -= 1;
    if (presence.connections.size === 0) this.#nodes.delete(node);
  }

  renew(node: string, now: number): void {
    const presence = this.#nodes.get(node);
    if (presence) presence.renewedAt = now;
  }

  /** Forgets nodes other than `self` that were not renewed since `since`, milliseconds. */
  forgetStale(self: string, since: number): void {
    for (const [node, presence] of this.#nodes) {
      if (node === self || presence.renewedAt >= since) continue;
      this.#count -= presence.connections.size;
      this.#nodes.delete(node);
    }
  }

  /** True when `connection` is the only one. */
  isAlone(connection: string): boolean {
    if (this.#count !== 1) return false;
    for (const presence of this.#nodes.values()) return presence.connections.has(connection);
    return false;
  }

  nodes(): Iterable<string> {
    return this.#nodes.keys();
  }
}
