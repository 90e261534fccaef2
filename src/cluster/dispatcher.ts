/**
 * Who answers calls, receives posts and listens on named channels on this node. Knows nothing of how messages travel.
 *
 * A handler that throws harms its own message alone. The calls being answered at a time are bounded (I9).
 */

import type { Logger } from '../lib/logger.ts';
import type { CallResult } from '../ports/cluster.ts';

export type CallHandler = (value: unknown, fromNode: string) => Promise<unknown>;
export type PostHandler = (value: unknown, fromNode: string) => void;
export type ChannelHandler = (value: unknown) => void;

const FAILED: CallResult = { ok: false, reason: 'failed' };

export class Dispatcher {
  readonly #log: Logger;
  readonly #maxServing: number;
  readonly #calls = new Map<string, CallHandler>();
  readonly #posts = new Map<string, PostHandler>();
  readonly #channels = new Map<string, Set<{ handler: ChannelHandler }>>();
  #serving = 0;

  /** @param maxServing how many calls may be in their handlers at a time; more are answered `failed` */
  constructor(log: Logger, maxServing: number) {
    this.#log = log;
    this.#maxServing = maxServing;
  }

  /** @throws when the method has a handler already */
  handle(method: string, handler: CallHandler): void {
    if (this.#calls.has(method)) throw new Error(`cluster method ${method} has a handler already`);
    this.#calls.set(method, handler);
  }

  /** @throws when the topic has a handler already */
  onPost(topic: string, handler: PostHandler): void {
    if (this.#posts.has(topic)) throw new Error(`cluster topic ${topic} has a handler already`);
    this.#posts.set(topic, handler);
  }

  /** Adds a listener; returns its removal (once). `first` and `last` are called when a channel gets its first and loses its last listener. */
  listen(channel: string, handler: ChannelHandler, edges: { first: () => void; last: () => void }): () => void {
    let listeners = this.#channels.get(channel);
    if (!listeners) {
      listeners = new Set();
      this.#channels.set(channel, listeners);
      edges.first();
    }
    const entry = { handler };
    const own = listeners;
    own.add(entry);
    return () => {
      if (!own.delete(entry) || own.size > 0) return;
      this.#channels.delete(channel);
      edges.last();
    };
  }

  /** Answers a call; never rejects. The handler is entered before this returns, so that arrival order is kept. */
  async serve(method: string, value: unknown, fromNode: string): Promise<CallResult> {
    const handler = this.#calls.get(method);
    if (!handler) {
      this.#log.warn({ method, fromNode }, 'call to an unknown cluster method');
      return FAILED;
    }
    if (this.#serving >= this.#maxServing) return FAILED;
    this.#serving++;
    try {
      return { ok: true, value: await handler(value, fromNode) };
    } catch (err) {
      this.#log.error({ err, method, fromNode }, 'cluster call handler threw');
      return FAILED;
    } finally {
      this.#serving--;
    }
  }

  /** Hands a post to its topic's handler; an unknown topic is ignored. */
  receive(topic: string, value: unknown, fromNode: string): void {
    const handler = this.#posts.get(topic);
    if (!handler) {
      this.#log.debug({ topic, fromNode }, 'message on an unknown cluster topic');
      return;
    }
    try {
      handler(value, fromNode);
    } catch (err) {
      this.#log.error({ err, topic, fromNode }, 'cluster message handler threw');
    }
  }

  /** True when the channel has a listener on this node. */
  listensOn(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Hands a publication to every listener of the channel. */
  deliver(channel: string, value: unknown): void {
    for (const { handler } of [...(this.#channels.get(channel) ?? [])]) {
      try {
        handler(value);
      } catch (err) {
        this.#log.error({ err, channel }, 'cluster channel handler threw');
      }
    }
  }
}
