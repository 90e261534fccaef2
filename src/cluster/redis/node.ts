/**
 * This node among the others: the port's calls, posts and channels over the link. Knows neither how liveness is judged
 * nor how bytes are batched.
 *
 * - N1 all that goes to one node goes over its one channel, in order (I7).
 * - N2 what a node says to itself never depends on Redis.
 * - N3 a call waits no longer than it must: a node found gone fails its calls at once, so does a broken link. While an
 *   answer is overdue, its node's channel is looked after.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from '../../lib/logger.ts';
import { ticking } from '../../lib/timers.ts';
import type { CallResult, Liveness } from '../../ports/cluster.ts';
import { CallTable } from '../calls.ts';
import { type CallHandler, type ChannelHandler, Dispatcher, type PostHandler } from '../dispatcher.ts';
import { Loopback } from '../loopback.ts';
import type { Connection } from './connection.ts';
import type { ClusterEvent } from './events.ts';
import { encodeFrame, encodeHeader } from './frame.ts';
import { Inbound } from './inbound.ts';
import { Link } from './link.ts';
import { Membership } from './membership.ts';
import { ChannelNames } from './names.ts';
import { Outbox } from './outbox.ts';
import { Subscriptions } from './subscriptions.ts';

const OVERDUE_MS = 100;

export interface RedisNodeOptions {
  nodeId: string;
  log: Logger;
  publisher: Connection;
  subscriber: Connection;
  keyPrefix: string;
  heartbeatMs: number;
  leaseMs: number;
  maxCalls: number;
  maxUnconfirmedBytes: number;
  onEvent: (event: ClusterEvent) => void;
  monotonic: () => number;
}

export class RedisNode {
  readonly #options: RedisNodeOptions;
  readonly #instance = randomBytes(8).toString('hex');
  readonly #names: ChannelNames;
  readonly #membership: Membership;
  readonly #dispatcher: Dispatcher;
  readonly #calls: CallTable;
  readonly #loopback: Loopback;
  readonly #outbox: Outbox;
  readonly #subscriptions: Subscriptions;
  readonly #link: Link;
  readonly #probe: NodeJS.Timeout;
  readonly #reconnected = new Set<{ listener: () => void }>();
  #reported = new Map<string, Liveness>();
  #probing = false;
  #left = false;

  constructor(options: RedisNodeOptions) {
    const { nodeId, log, publisher, subscriber, keyPrefix, leaseMs, heartbeatMs, maxCalls, monotonic } = options;
    this.#options = options;
    this.#names = new ChannelNames(keyPrefix);
    this.#membership = new Membership(nodeId, leaseMs, monotonic);
    this.#dispatcher = new Dispatcher(log, maxCalls);
    this.#calls = new CallTable(maxCalls, monotonic);
    this.#loopback = new Loopback(nodeId, this.#dispatcher, new CallTable(maxCalls, monotonic));
    this.#outbox = new Outbox({
      connection: publisher,
      header: encodeHeader(nodeId),
      maxUnconfirmedBytes: options.maxUnconfirmedBytes,
      onNobody: (channel) => this.#nobodyListens(channel),
    });
    this.#subscriptions = new Subscriptions(subscriber, 'channels', log, () => this.#link.subscribed());
    this.#link = new Link({
      publisher,
      subscriber,
      outbox: this.#outbox,
      membership: this.#membership,
      channel: this.#names.beat,
      instance: this.#instance,
      beatMs: heartbeatMs,
      leaseMs,
      monotonic,
      log,
      onUp: () => this.#linkUp(),
      onDown: () => this.#linkDown(),
      onBeat: () => this.#reportPeers(),
    });
    this.#subscriptions.add(this.#names.beat);
    this.#subscriptions.add(this.#names.node(nodeId));
    const inbound = new Inbound({
      nodeId,
      instance: this.#instance,
      names: this.#names,
      dispatcher: this.#dispatcher,
      calls: this.#calls,
      membership: this.#membership,
      link: this.#link,
      outbox: this.#outbox,
      publisher,
      log,
      onEvent: options.onEvent,
    });
    subscriber.client.on('messageBuffer', (channel: Buffer, bytes: Buffer) =>
      inbound.receive(channel.toString(), bytes),
    );
    this.#probe = ticking(OVERDUE_MS, 'overdue cluster calls', log, () => this.#probeOverdue());
  }

  connected(): boolean {
    return this.#link.up;
  }

  liveness(nodeId: string): Liveness {
    return this.#membership.liveness(nodeId);
  }

  nodes(): string[] {
    return this.#membership.alive();
  }

  async call(nodeId: string, method: string, value: unknown, deadlineMs: number): Promise<CallResult> {
    const { monotonic, onEvent } = this.#options;
    const start = monotonic();
    const result = await this.#call(nodeId, method, value, deadlineMs);
    onEvent({ kind: 'call', method, outcome: result.ok ? 'ok' : result.reason, ms: monotonic() - start });
    return result;
  }

  handle(method: string, handler: CallHandler): void {
    this.#dispatcher.handle(method, handler);
  }

  post(nodeId: string, topic: string, value: unknown): void {
    if (nodeId === this.#options.nodeId) {
      this.#loopback.post(topic, value); // N2
      return;
    }
    const frame = encodeFrame({ kind: 'post', topic, value });
    if (this.#left || !this.#link.up || !this.#outbox.send(this.#names.node(nodeId), frame)) {
      this.#options.onEvent({ kind: 'dropped', what: 'post' });
    }
  }

  onPost(topic: string, handler: PostHandler): void {
    this.#dispatcher.onPost(topic, handler);
  }

  publish(channel: string, value: unknown): void {
    this.#loopback.publish(channel, value); // N2
    const frame = encodeFrame({ kind: 'publication', value });
    if (this.#left || !this.#link.up || !this.#outbox.send(this.#names.named(channel), frame)) {
      this.#options.onEvent({ kind: 'dropped', what: 'publication' });
    }
  }

  subscribe(channel: string, handler: ChannelHandler, onPlaced?: () => void): () => void {
    const name = this.#names.named(channel);
    let listening = true;
    const leave = this.#dispatcher.listen(channel, handler, {
      first: () => this.#subscriptions.add(name),
      last: () => this.#subscriptions.drop(name),
    });
    if (onPlaced) {
      this.#subscriptions.add(name, () => {
        if (listening) onPlaced();
      });
    }
    return () => {
      listening = false;
      leave();
    };
  }

  onReconnected(listener: () => void): () => void {
    const entry = { listener };
    this.#reconnected.add(entry);
    return () => void this.#reconnected.delete(entry);
  }

  /** Announces its leave and takes no further part; the connections are closed by their owner afterwards. */
  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    clearInterval(this.#probe);
    this.#link.close();
    this.#loopback.close();
    this.#outbox.send(this.#names.beat, encodeFrame({ kind: 'leave', instance: this.#instance }));
    await this.#outbox.flush();
    this.#membership.linkDown();
    this.#calls.failAll('disconnected');
    this.#subscriptions.close();
    this.#reconnected.clear();
  }

  #call(nodeId: string, method: string, value: unknown, deadlineMs: number): Promise<CallResult> {
    if (nodeId === this.#options.nodeId) return this.#loopback.call(method, value, deadlineMs); // N2
    if (this.#membership.leftForEver(nodeId)) return Promise.resolve({ ok: false, reason: 'dead' });
    if (this.#left || !this.#link.up) return Promise.resolve({ ok: false, reason: 'disconnected' });
    const open = this.#calls.open(nodeId, deadlineMs);
    if (!open) return Promise.resolve({ ok: false, reason: 'failed' }); // I9
    const { id, result } = open;
    try {
      const sent = this.#outbox.send(
        this.#names.node(nodeId),
        encodeFrame({ kind: 'call', id, method, value }),
        (receivers) => this.#callSent(id, nodeId, receivers),
      );
      if (!sent) this.#calls.fail(id, 'failed');
    } catch (err) {
      this.#options.log.error({ err, method }, 'cluster call has a value that is not plain data');
      this.#calls.fail(id, 'failed');
    }
    return result;
  }

  #callSent(id: number, nodeId: string, receivers: number | undefined): void {
    if (receivers === undefined) this.#calls.fail(id, 'disconnected');
    // No listener, but too early to call it dead (M3): it may be resubscribing.
    else if (receivers === 0) this.#calls.fail(id, this.liveness(nodeId) === 'dead' ? 'dead' : 'disconnected');
  }

  #nobodyListens(channel: string): void {
    const nodeId = this.#names.nodeOf(channel);
    if (nodeId !== undefined && this.#membership.nobodyListens(nodeId)) this.#calls.failNode(nodeId, 'dead'); // N3
  }

  // N3: Redis knows at once when a process that owes an answer is gone, but has to be polled.
  async #probeOverdue(): Promise<void> {
    if (this.#probing || !this.#link.up) return;
    const owing = [...this.#calls.overdueNodes(OVERDUE_MS)];
    // A node that hangs still listens, in the eyes of Redis: its silence past the lease counts as well.
    for (const id of owing) if (this.liveness(id) === 'dead') this.#calls.failNode(id, 'dead');
    const channels = owing.filter((id) => this.liveness(id) !== 'dead').map((id) => this.#names.node(id));
    if (channels.length === 0) return;
    this.#probing = true;
    try {
      const reply = (await this.#options.publisher.client.pubsub('NUMSUB', ...channels)) as unknown[];
      for (let i = 0; i + 1 < reply.length; i += 2)
        if (Number(reply[i + 1]) === 0) this.#nobodyListens(String(reply[i]));
    } catch {
      // The connection broke or hangs: the link reports that.
    } finally {
      this.#probing = false;
    }
  }

  #linkUp(): void {
    this.#options.onEvent({ kind: 'link', up: true });
    for (const { listener } of [...this.#reconnected]) {
      try {
        listener();
      } catch (err) {
        this.#options.log.error({ err }, 'reconnection listener threw');
      }
    }
  }

  #linkDown(): void {
    this.#options.onEvent({ kind: 'link', up: false });
    this.#calls.failAll('disconnected');
    this.#reportPeers();
  }

  #reportPeers(): void {
    const states = this.#membership.peers();
    for (const [nodeId, liveness] of states) {
      if (this.#reported.get(nodeId) === liveness) continue;
      this.#options.log.info({ peer: nodeId, liveness }, 'cluster peer changed');
      this.#options.onEvent({ kind: 'peer', nodeId, liveness });
    }
    this.#reported = states;
  }
}
