/**
 * The channels (or patterns) that one connection should be subscribed to, kept so across reconnects. Knows nothing of
 * what the messages mean.
 *
 * Changes of one turn of the event loop go out together; SUBSCRIBE and UNSUBSCRIBE of a channel go out in their
 * order, on one connection, so that the last change holds.
 */
import type { Logger } from '../../lib/logger.ts';
import { later } from '../../lib/timers.ts';
import type { Connection } from './connection.ts';

const CHANNELS_A_COMMAND = 500;
const RETRY_MS = 1000;

export class Subscriptions {
  readonly #connection: Connection;
  readonly #patterns: boolean;
  readonly #log: Logger;
  readonly #onAllSubscribed: () => void;
  /** Channels that should be subscribed, and the callbacks for when they are. */
  readonly #wanted = new Map<string, (() => void)[]>();
  readonly #requested = new Set<string>();
  readonly #dirty = new Set<string>();
  #flushing = false;
  #generation = 0;
  #retry: NodeJS.Timeout | undefined;

  /** @param onAllSubscribed called after each (re)connect, once everything that was wanted then is subscribed */
  constructor(connection: Connection, kind: 'channels' | 'patterns', log: Logger, onAllSubscribed: () => void) {
    this.#connection = connection;
    this.#patterns = kind === 'patterns';
    this.#log = log;
    this.#onAllSubscribed = onAllSubscribed;
    connection.onUp(() => this.#restore());
    connection.onDown(() => this.#forget());
  }

  /** Subscribes. `subscribed` is called once, when the subscription is first in place, unless it is dropped before. */
  add(channel: string, subscribed?: () => void): void {
    const waiting = this.#wanted.get(channel) ?? [];
    if (subscribed) waiting.push(subscribed);
    this.#wanted.set(channel, waiting);
    this.#touch(channel);
  }

  drop(channel: string): void {
    this.#wanted.delete(channel);
    this.#touch(channel);
  }

  /** No command is sent from here on. */
  close(): void {
    clearTimeout(this.#retry);
    this.#generation++;
    this.#wanted.clear();
    this.#dirty.clear();
  }

  #touch(channel: string): void {
    this.#dirty.add(channel);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      void this.#flush();
    });
  }

  #restore(): void {
    const generation = ++this.#generation;
    this.#requested.clear();
    for (const channel of this.#wanted.keys()) this.#dirty.add(channel);
    void this.#flush().then((isComplete) => {
      if (isComplete && generation === this.#generation) this.#onAllSubscribed();
    });
  }

  #forget(): void {
    this.#generation++;
    this.#requested.clear();
    clearTimeout(this.#retry);
  }

  /** Sends what changed; true when all of it is in place. */
  async #flush(): Promise<boolean> {
    if (!this.#connection.up) return false;
    const add: string[] = [];
    const drop: string[] = [];
    for (const channel of this.#dirty) {
      const waiting = this.#wanted.get(channel);
      const requested = this.#requested.has(channel);
      if (waiting && (!requested || waiting.length > 0)) {
        // Also when it was requested before: the reply to this one is for the callbacks that were added since.
        add.push(channel);
        this.#requested.add(channel);
      } else if (!waiting && requested) {
        drop.push(channel);
        this.#requested.delete(channel);
      }
    }
    this.#dirty.clear();
    const commands = [
      ...chunks(drop).map((channels) => this.#send(channels, false)),
      ...chunks(add).map((channels) => this.#send(channels, true)),
    ];
    return (await Promise.all(commands)).every((ok) => ok);
  }

  async #send(channels: string[], add: boolean): Promise<boolean> {
    const { client } = this.#connection;
    const generation = this.#generation;
    try {
      if (add) await (this.#patterns ? client.psubscribe(...channels) : client.subscribe(...channels));
      else await (this.#patterns ? client.punsubscribe(...channels) : client.unsubscribe(...channels));
    } catch (err) {
      if (generation === this.#generation && this.#connection.up) this.#retryLater(channels, add, err);
      return false;
    }
    if (generation !== this.#generation) return false;
    if (add) for (const channel of channels) this.#notifySubscribed(channel);
    return true;
  }

  #notifySubscribed(channel: string): void {
    const waiting = this.#wanted.get(channel);
    if (!waiting || !this.#requested.has(channel)) return;
    for (const subscribed of waiting.splice(0)) subscribed();
  }

  // Redis refused (an ACL, say) while the connection is fine: a later attempt may be allowed.
  #retryLater(channels: string[], add: boolean, err: unknown): void {
    this.#log.error({ err, channels: channels.slice(0, 5), count: channels.length }, 'redis rejected a subscription');
    for (const channel of channels) {
      if (add) this.#requested.delete(channel);
      this.#dirty.add(channel);
    }
    clearTimeout(this.#retry);
    this.#retry = later(RETRY_MS, 'redis subscriptions', this.#log, () => this.#restore());
  }
}

function chunks(channels: string[]): string[][] {
  const parts: string[][] = [];
  for (let i = 0; i < channels.length; i += CHANNELS_A_COMMAND) parts.push(channels.slice(i, i + CHANNELS_A_COMMAND));
  return parts;
}
