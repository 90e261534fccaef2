/**
 * One WebSocket on uWS, with what it is sent and the topics that it subscribes to. It does not know what its messages are.
 *
 * U4 A native socket may not be touched after its close: every call checks `#native`.
 * U5 While a large message goes out in fragments nothing else may be written in between. So the socket leaves its native
 *    topics for that time, and what is published reaches it through its outbox, in the order of the calls (LISTENER4).
 */
import type { RecognizedString, TemplatedApp, WebSocket } from 'uWebSockets.js';
import { RopeFrame } from '../../lib/msgpack/rope.ts';
import type { SendOutcome } from './listener.ts';
import { type Message, Outbox, type OutboxOptions, type Wire } from './outbox.ts';

/** What uWS has and its types lack. */
interface Fragments {
  sendFirstFragment(message: RecognizedString, isBinary: boolean): number;
  sendFragment(message: RecognizedString): number;
  sendLastFragment(message: RecognizedString): number;
}
type Native = WebSocket<unknown>;

/** The native topics of one app. */
export class UwsTopics {
  readonly #app: TemplatedApp;
  /** Peers that are out of their native topics. */
  readonly detached = new Set<UwsPeer>();

  constructor(app: TemplatedApp) {
    this.#app = app;
  }

  publish(topic: string, message: Uint8Array | string, isBinary: boolean): void {
    this.#app.publish(topic, message, isBinary);
    for (const peer of this.detached) peer.deliver(topic, message, isBinary);
  }

  /** To all subscribers but one. */
  publishFrom(sender: UwsPeer, topic: string, message: Uint8Array | string, isBinary: boolean): void {
    if (this.detached.has(sender)) this.#app.publish(topic, message, isBinary);
    else sender.publish(topic, message, isBinary);
    for (const peer of this.detached) if (peer !== sender) peer.deliver(topic, message, isBinary);
  }
}

export class UwsPeer {
  readonly #topics: UwsTopics;
  readonly #outbox: Outbox;
  #native: Native | undefined;
  /** Its topics while it is out of them. */
  #detachedFrom: Set<string> | undefined;

  constructor(native: Native, topics: UwsTopics, options: Omit<OutboxOptions, 'onQueueing'>) {
    this.#native = native;
    this.#topics = topics;
    this.#outbox = new Outbox(this.#wire(), {
      ...options,
      onQueueing: (isQueueing) => (isQueueing ? this.#detach() : this.#attach()),
    });
  }

  send(message: Message, isBinary: boolean): SendOutcome {
    return this.#outbox.send(message instanceof RopeFrame ? message.rope : message, isBinary);
  }

  /** Bytes that wait for the client to read. */
  bufferedBytes(): number {
    return this.#outbox.bufferedBytes;
  }

  /** The system took some of what waited. */
  drained(): void {
    this.#outbox.pump();
  }

  end(code?: number, reason?: string): void {
    this.#native?.end(code, reason);
  }

  terminate(): void {
    this.#native?.close();
  }

  /** U4: after the native close. */
  closed(): void {
    this.#native = undefined;
    this.#topics.detached.delete(this);
    this.#outbox.closed();
  }

  subscribe(topic: string): void {
    if (this.#detachedFrom) this.#detachedFrom.add(topic);
    else this.#native?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#detachedFrom) this.#detachedFrom.delete(topic);
    else this.#native?.unsubscribe(topic);
  }

  isSubscribed(topic: string): boolean {
    return this.#detachedFrom?.has(topic) ?? this.#native?.isSubscribed(topic) ?? false;
  }

  /** What was published on a topic while the native ones do not reach it. */
  deliver(topic: string, message: Uint8Array | string, isBinary: boolean): void {
    if (this.#detachedFrom?.has(topic)) this.send(message, isBinary);
  }

  /** To all subscribers but itself. */
  publish(topic: string, message: Uint8Array | string, isBinary: boolean): void {
    this.#native?.publish(topic, message, isBinary);
  }

  #wire(): Wire {
    return {
      bufferedBytes: () => this.#native?.getBufferedAmount() ?? 0,
      send: (message, isBinary) => {
        // 1 sent, 0 buffered, 2 dropped; with closeOnBackpressureLimit the drop also ends the socket (LISTENER3).
        const status = this.#native?.send(message, isBinary);
        if (status === 1) return 'sent';
        return status === 0 ? 'buffered' : 'dropped';
      },
      fragment: (bytes, place, isBinary) => {
        const native = this.#native as (Native & Fragments) | undefined;
        if (place === 'first') native?.sendFirstFragment(bytes, isBinary);
        else if (place === 'middle') native?.sendFragment(bytes);
        else native?.sendLastFragment(bytes);
      },
      terminate: () => this.terminate(),
    };
  }

  #detach(): void {
    const native = this.#native;
    if (native === undefined) return;
    const topics = native.getTopics();
    this.#detachedFrom = new Set(topics);
    for (const topic of topics) native.unsubscribe(topic);
    this.#topics.detached.add(this);
  }

  #attach(): void {
    const topics = this.#detachedFrom ?? [];
    this.#detachedFrom = undefined;
    this.#topics.detached.delete(this);
    for (const topic of topics) this.#native?.subscribe(topic);
  }
}
