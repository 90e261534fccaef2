/**
 * The link to the other nodes: a publishing and a subscribed connection, and the proof that what goes into one comes out
 * of the other. Beats every `beatMs`; each own beat that comes back is such a proof. Feeds `Membership`; knows no calls.
 *
 * - L1 up means: both connections work, every subscription is in place, and a beat sent after that came back.
 * - L2 a node beats only while it can be reached, so that a beat is also an acquittal (M3).
 * - L3 a link whose beats stay away too long is reset, even if both connections answer: they may lead to two different
 *   servers, or our reading lags hopelessly.
 */
import type { Logger } from '../../lib/logger.ts';
import { ticking } from '../../lib/timers.ts';
import type { Connection } from './connection.ts';
import { encodeFrame } from './frame.ts';
import type { Membership } from './membership.ts';
import type { Outbox } from './outbox.ts';

const BEATS_WITHOUT_ECHO = 6;
const UPTIME_PATTERN = /^uptime_in_seconds:(\d+)/m;

export interface LinkOptions {
  publisher: Connection;
  subscriber: Connection;
  outbox: Outbox;
  membership: Membership;
  channel: string;
  /** Random name of this process, which distinguishes its beats from those of another process with the same node id. */
  instance: string;
  beatMs: number;
  leaseMs: number;
  monotonic: () => number;
  log: Logger;
  onUp: () => void;
  onDown: () => void;
  /** Called once a beat, whether the link is up or not. */
  onBeat: () => void;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #timer: NodeJS.Timeout;
  #placed = false;
  #up = false;
  #everUp = false;
  /** Milliseconds that Redis had been up for when the publisher connected; undefined until Redis has reported it. */
  #redisUptimeMs: number | undefined;
  #readySince = Number.POSITIVE_INFINITY;
  #beatsWithoutEcho = 0;
  #lastTick: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#lastTick = options.monotonic();
    options.publisher.onUp(() => {
      this.#publisherUp().catch((err) => options.log.error({ err }, 'cluster link: could not connect'));
    });
    options.publisher.onDown(() => this.#broken());
    options.subscriber.onDown(() => {
      this.#placed = false;
      this.#broken();
    });
    this.#timer = ticking(options.beatMs, 'cluster link', options.log, () => this.#tick());
  }

  get up(): boolean {
    return this.#up;
  }

  /** All subscriptions are in place. */
  subscribed(): void {
    this.#placed = true;
    this.#maybeReady();
  }

  /** An own beat came back. */
  echoed(sentAt: number): void {
    this.#beatsWithoutEcho = 0;
    const { membership, leaseMs, log, onUp } = this.#options;
    if (this.#up) {
      membership.echoed(sentAt);
      return;
    }
    if (sentAt < this.#readySince) return; // L1
    // M3: nobody had to resubscribe lately if this is our first link, to a Redis that has been up for long.
    const settled = !this.#everUp && (this.#redisUptimeMs ?? 0) > leaseMs + 2000;
    this.#up = true;
    this.#everUp = true;
    membership.linkUp(settled);
    log.info({ settled }, 'cluster link up');
    onUp();
  }

  /** The link goes down silently and stays so. */
  close(): void {
    clearInterval(this.#timer);
    this.#up = false;
    this.#placed = false;
    this.#readySince = Number.POSITIVE_INFINITY;
  }

  async #publisherUp(): Promise<void> {
    this.#redisUptimeMs = undefined;
    try {
      const info = await this.#options.publisher.client.info('server');
      this.#redisUptimeMs = Number(UPTIME_PATTERN.exec(info)?.[1] ?? 0) * 1000;
    } catch {
      this.#redisUptimeMs = 0; // not allowed to ask, or the connection broke again: then it is taken for fresh
    }
    this.#maybeReady();
  }

  #maybeReady(): void {
    if (!this.#reachable()) return;
    this.#readySince = this.#options.monotonic();
    this.#beatsWithoutEcho = 0;
    this.#beat();
  }

  #reachable(): boolean {
    return this.#placed && this.#options.publisher.up && this.#redisUptimeMs !== undefined;
  }

  #broken(): void {
    this.#readySince = Number.POSITIVE_INFINITY;
    if (!this.#up) return;
    this.#up = false;
    this.#options.membership.linkDown();
    this.#options.log.warn({}, 'cluster link down');
    this.#options.onDown();
  }

  #tick(): void {
    const { monotonic, beatMs, leaseMs, membership, log, publisher, subscriber } = this.#options;
    const now = monotonic();
    const late = now - this.#lastTick - beatMs;
    this.#lastTick = now;
    if (late > leaseMs / 2) {
      log.warn({ lateMs: Math.round(late) }, 'this process was paused');
      membership.wasPaused();
      this.#beatsWithoutEcho = 0;
    }
    if (this.#reachable()) {
      if (++this.#beatsWithoutEcho > BEATS_WITHOUT_ECHO) {
        this.#beatsWithoutEcho = 0; // L3
        publisher.reset('own heartbeats do not come back');
        subscriber.reset('own heartbeats do not come back');
      } else {
        this.#beat();
      }
    }
    this.#options.onBeat();
  }

  #beat(): void {
    const { outbox, channel, instance, monotonic } = this.#options;
    outbox.send(channel, encodeFrame({ kind: 'beat', instance, sentAt: monotonic() }));
  }
}
