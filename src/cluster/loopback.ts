/**
 * What a node says to itself: calls, posts and publications without any link, with the same semantics as between nodes
 * (copies, order, never synchronous). Both implementations of the cluster use it.
 */
import type { CallResult } from '../ports/cluster.ts';
import type { CallTable } from './calls.ts';
import { decodeValue, encodeValue } from './codec.ts';
import type { Dispatcher } from './dispatcher.ts';

export class Loopback {
  readonly #nodeId: string;
  readonly #dispatcher: Dispatcher;
  readonly #calls: CallTable;
  #closed = false;

  constructor(nodeId: string, dispatcher: Dispatcher, calls: CallTable) {
    this.#nodeId = nodeId;
    this.#dispatcher = dispatcher;
    this.#calls = calls;
  }

  /** Calls this node's own handler; same outcomes as a call to another node. */
  call(method: string, value: unknown, deadlineMs: number): Promise<CallResult> {
    const open = this.#closed ? undefined : this.#calls.open(this.#nodeId, deadlineMs);
    if (!open) return Promise.resolve({ ok: false, reason: this.#closed ? 'disconnected' : 'failed' });
    const { id, result } = open;
    try {
      const copy = decodeValue(encodeValue(value));
      this.#soon(() => void this.#serve(id, method, copy));
    } catch {
      this.#calls.fail(id, 'failed');
    }
    return result;
  }

  /**
   * Posts to this node's own handler.
   * @throws when the value is not plain data
   */
  post(topic: string, value: unknown): void {
    const copy = decodeValue(encodeValue(value));
    this.#soon(() => this.#dispatcher.receive(topic, copy, this.#nodeId));
  }

  /**
   * Publishes to this node's own listeners.
   * @throws when the value is not plain data
   */
  publish(channel: string, value: unknown): void {
    if (!this.#dispatcher.listensOn(channel)) return;
    const copy = decodeValue(encodeValue(value));
    this.#soon(() => this.#dispatcher.deliver(channel, copy));
  }

  /** Nothing is delivered from here on; outstanding calls end as `disconnected`. */
  close(): void {
    this.#closed = true;
    this.#calls.failAll('disconnected');
  }

  async #serve(id: number, method: string, value: unknown): Promise<void> {
    const result = await this.#dispatcher.serve(method, value, this.#nodeId);
    if (!result.ok) return this.#calls.fail(id, result.reason);
    try {
      this.#calls.answer(id, this.#nodeId, { ok: true, value: decodeValue(encodeValue(result.value)) });
    } catch {
      this.#calls.fail(id, 'failed');
    }
  }

  #soon(deliver: () => void): void {
    setImmediate(() => {
      if (!this.#closed) deliver();
    });
  }
}
