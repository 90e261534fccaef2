/**
 * The calls of this node that wait for an answer: ids, deadlines, a bound on their number (I9). Knows neither how a
 * call is sent nor who is alive.
 *
 * Each call is settled exactly once: by its answer, its deadline, or what became known of the node or the link.
 */
import type { CallFailure, CallResult } from '../ports/cluster.ts';

interface Waiting {
  nodeId: string;
  since: number;
  timer: NodeJS.Timeout;
  resolve: (result: CallResult) => void;
}

export interface OpenCall {
  id: number;
  result: Promise<CallResult>;
}

export class CallTable {
  readonly #limit: number;
  readonly #monotonic: () => number;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  /**
   * @param limit how many calls may wait at a time
   * @param monotonic milliseconds on a clock that never jumps
   */
  constructor(limit: number, monotonic: () => number) {
    this.#limit = limit;
    this.#monotonic = monotonic;
  }

  /** Registers a call to a node; undefined when too many wait already. */
  open(nodeId: string, deadlineMs: number): OpenCall | undefined {
    if (this.#waiting.size >= this.#limit) return undefined;
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<CallResult>();
    const timer = setTimeout(() => this.fail(id, 'timeout'), deadlineMs);
    this.#waiting.set(id, { nodeId, since: this.#monotonic(), timer, resolve });
    return { id, result: promise };
  }

  /** Settles a call with what the node answered; answers of other nodes and late ones are ignored. */
  answer(id: number, fromNode: string, result: CallResult): void {
    if (this.#waiting.get(id)?.nodeId === fromNode) this.#settle(id, result);
  }

  /** Settles a call as failed, if it still waits. */
  fail(id: number, reason: CallFailure): void {
    this.#settle(id, { ok: false, reason });
  }

  /** Settles all calls to a node as failed. */
  failNode(nodeId: string, reason: CallFailure): void {
    for (const [id, waiting] of this.#waiting) if (waiting.nodeId === nodeId) this.fail(id, reason);
  }

  /** Settles all calls as failed. */
  failAll(reason: CallFailure): void {
    for (const id of this.#waiting.keys()) this.fail(id, reason);
  }

  /** Nodes that have owed an answer for longer than so many milliseconds. */
  overdueNodes(olderThanMs: number): Set<string> {
    const before = this.#monotonic() - olderThanMs;
    const nodes = new Set<string>();
    // Insertion order is age order: what follows the first young call is younger still.
    for (const { nodeId, since } of this.#waiting.values()) {
      if (since > before) break;
      nodes.add(nodeId);
    }
    return nodes;
  }

  #settle(id: number, result: CallResult): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(result);
  }
}
