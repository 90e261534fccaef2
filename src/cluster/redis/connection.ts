/**
 * One connection to Redis that maintains itself: reconnects for ever with jittered backoff, notices a Redis that
 * hangs, and fails commands fast instead of keeping them. Knows nothing of channels or nodes.
 *
 * - C1 nothing is queued while the connection is away, nothing is sent twice, and every command settles (I9).
 * - C2 a hung peer is found by counting watch ticks without a single byte read, never by comparing times: after a pause
 *   of this very process only one tick has passed, and what arrived meanwhile is read before the next.
 * - C3 ioredis's own resubscription and resending stay off: their promises are not handled.
 */
import { Redis } from 'ioredis';
import { type BackoffPolicy, backoffMs, equalJitter } from '../../lib/backoff.ts';
import type { Random } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/logger.ts';
import { ticking } from '../../lib/timers.ts';

const BACKOFF: BackoffPolicy = { firstMs: 50, longestMs: 1000 };
const CONNECT_TIMEOUT_MS = 1000;
const QUIT_TIMEOUT_MS = 500;
const SILENT_TICKS = 2;

export interface ConnectionOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  /** Shown by CLIENT LIST and in the log. */
  name: string;
  log: Logger;
  random: Random;
  /** Interval of the watch; a hung Redis is left after two to three of them. */
  watchMs: number;
}

/** Delay before an attempt, counted from 1, in whole milliseconds. */
export function reconnectDelayMs(attempt: number, random: Random): number {
  return Math.round(equalJitter(backoffMs(attempt - 1, BACKOFF), random));
}

export class Connection {
  readonly client: Redis;
  readonly #log: Logger;
  readonly #watch: NodeJS.Timeout;
  readonly #upListeners: (() => void)[] = [];
  readonly #downListeners: (() => void)[] = [];
  #up = false;
  #closing = false;
  #awaitingPong = false;
  #silentTicks = 0;
  #bytesRead = 0;

  constructor({ url, name, log, random, watchMs }: ConnectionOptions) {
    this.#log = log.child({ connection: name });
    this.client = new Redis(url, {
      connectionName: name,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: Math.max(CONNECT_TIMEOUT_MS, (SILENT_TICKS + 1) * watchMs),
      retryStrategy: (attempt) => reconnectDelayMs(attempt, random),
      maxRetriesPerRequest: 0, // C1: what is in flight when the connection breaks fails at once
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      disableClientInfo: true,
      disconnectTimeout: 50,
    });
    // Without a listener ioredis prints errors itself. A refused connection is repeated at every attempt: debug.
    this.client.on('error', (err) => this.#log.debug({ err }, 'redis connection error'));
    this.client.on('ready', () => this.#changed(true));
    this.client.on('close', () => this.#changed(false));
    this.#watch = ticking(watchMs, 'redis connection', this.#log, () => this.#tick());
  }

  /** True while commands can be sent. */
  get up(): boolean {
    return this.#up;
  }

  /** Calls back each time the connection is ready for commands. */
  onUp(listener: () => void): void {
    this.#upListeners.push(listener);
  }

  /** Calls back each time the connection breaks, and each time an attempt to connect fails. */
  onDown(listener: () => void): void {
    this.#downListeners.push(listener);
  }

  /** Sends what the function writes in one system call. */
  inOneWrite(write: () => void): void {
    const { stream } = this.client;
    stream.cork();
    try {
      write();
    } finally {
      stream.uncork();
    }
  }

  /** Breaks the connection; it reconnects. */
  reset(reason: string): void {
    if (!this.#up) return;
    this.#log.warn({ reason }, 'redis connection reset');
    this.client.stream.destroy();
    this.#changed(false);
  }

  /** Ends the connection for good, after the replies in flight; a hung Redis is not waited for. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearInterval(this.#watch);
    if (this.#up) {
      const quit = this.client.quit().catch(() => {});
      await withDeadline(quit, QUIT_TIMEOUT_MS, () => undefined);
    }
    this.client.disconnect();
    this.#changed(false);
  }

  #changed(up: boolean): void {
    if (up && this.#closing) return;
    const before = this.#up;
    this.#up = up;
    this.#awaitingPong = false;
    this.#silentTicks = 0;
    if (up !== before) this.#log.debug({ up }, 'redis connection changed');
    for (const listener of up ? this.#upListeners : this.#downListeners) listener();
  }

  #tick(): void {
    if (!this.#up) return;
    const { bytesRead } = this.client.stream;
    const silent = this.#awaitingPong && bytesRead === this.#bytesRead;
    this.#bytesRead = bytesRead;
    this.#silentTicks = silent ? this.#silentTicks + 1 : 0; // C2
    if (this.#silentTicks >= SILENT_TICKS) this.reset('no answer');
    if (this.#awaitingPong || !this.#up) return;
    this.#awaitingPong = true;
    this.client.ping().then(
      () => {
        this.#awaitingPong = false;
      },
      () => {},
    );
  }
}
