/**
 * Socket.IO's Redis adapter over two connections of the cluster, through facades that make it safe: the adapter ignores
 * the promises of its clients and lets decoding errors through, either of which would end the process.
 *
 * - A1 what goes to this node's own sockets never depends on Redis.
 * - A2 no call of the adapter rejects, throws or queues while Redis is away; what is not sent is counted.
 * - A3 garbage on the adapter's channels costs nothing but its count (I10).
 * - A4 requests to all nodes (`fetchSockets`, `serverSideEmit` with acknowledgement) fail within their timeout while
 *   Redis is away; they never pass this node's part for the whole.
 */
import { EventEmitter } from 'node:events';
import { createAdapter, type RedisAdapter } from '@socket.io/redis-adapter';
import type { Logger } from '../../lib/logger.ts';
import type { RedisCluster } from './connect.ts';
import type { Connection } from './connection.ts';
import { Subscriptions } from './subscriptions.ts';

export interface SocketIoAdapterOptions {
  log: Logger;
  /** How long requests to all nodes wait for their answers. */
  requestsTimeoutMs?: number;
  /** Bytes sent but not yet confirmed by Redis (I9); what exceeds it stays on this node. */
  maxUnconfirmedBytes?: number;
}

/** What to pass to Socket.IO's `adapter` option. One per Socket.IO server; its connections close with the cluster. */
export function redisAdapter(cluster: RedisCluster, options: SocketIoAdapterOptions): (nsp: unknown) => RedisAdapter {
  const { log, requestsTimeoutMs = 2000, maxUnconfirmedBytes = 16 * 1024 * 1024 } = options;
  const dropped = (): void => cluster.report({ kind: 'dropped', what: 'broadcast' });
  const garbage = (err: unknown): void => {
    log.debug({ err }, 'unreadable message of the Socket.IO adapter');
    cluster.report({ kind: 'garbage' });
  };
  const publisher = new AdapterPublisher(cluster.dedicated('socketio-publisher'), maxUnconfirmedBytes, dropped);
  const subscriber = new AdapterSubscriber(cluster.dedicated('socketio-subscriber'), log, garbage);
  return createAdapter(publisher, subscriber, {
    key: `${cluster.keyPrefix}socket.io`,
    requestsTimeout: requestsTimeoutMs,
    publishOnSpecificResponseChannel: true,
  });
}

/** The part of an ioredis client that the adapter publishes with. Never emits: the connection logs its own errors. */
class AdapterPublisher extends EventEmitter {
  readonly #connection: Connection;
  readonly #maxUnconfirmedBytes: number;
  readonly #onDropped: () => void;
  #unconfirmedBytes = 0;
  #corked = false;

  constructor(connection: Connection, maxUnconfirmedBytes: number, onDropped: () => void) {
    super();
    this.setMaxListeners(0); // each namespace adds listeners of its own
    this.#connection = connection;
    this.#maxUnconfirmedBytes = maxUnconfirmedBytes;
    this.#onDropped = onDropped;
  }

  publish(channel: string, message: string | Uint8Array): void {
    const bytes = Buffer.isBuffer(message) ? message : Buffer.from(message);
    if (!this.#connection.up || this.#unconfirmedBytes + bytes.length > this.#maxUnconfirmedBytes) {
      this.#onDropped();
      return;
    }
    this.#unconfirmedBytes += bytes.length;
    this.#gatherWrites();
    this.#connection.client.publish(channel, bytes).then(
      () => {
        this.#unconfirmedBytes -= bytes.length;
      },
      () => {
        this.#unconfirmedBytes -= bytes.length;
        this.#onDropped();
      },
    );
  }

  /** The adapter asks only `PUBSUB NUMSUB channel`: how many servers there are. */
  send_command(_command: string, args: readonly string[], callback: (err: null, reply: unknown[]) => void): void {
    const channel = args[1] ?? '';
    this.#connection.client.pubsub('NUMSUB', channel).then(
      (reply) => callback(null, reply),
      // A4: an error would leave acknowledgements unanswered for ever. "One other server" lets the request run into its
      // timeout instead, which every caller is answered with.
      () => callback(null, [channel, 2]),
    );
  }

  // All that one turn of the event loop broadcasts leaves in one system call.
  #gatherWrites(): void {
    if (this.#corked) return;
    this.#corked = true;
    const { stream } = this.#connection.client;
    stream.cork();
    setImmediate(() => {
      this.#corked = false;
      stream.uncork();
    });
  }
}

/** The part of an ioredis client that the adapter subscribes with. */
class AdapterSubscriber extends EventEmitter {
  readonly #channels: Subscriptions;
  readonly #patterns: Subscriptions;
  readonly #onGarbage: (err: unknown) => void;

  constructor(connection: Connection, log: Logger, onGarbage: (err: unknown) => void) {
    super();
    this.setMaxListeners(0);
    this.#onGarbage = onGarbage;
    this.#channels = new Subscriptions(connection, 'channels', log, () => {});
    this.#patterns = new Subscriptions(connection, 'patterns', log, () => {});
    const { client } = connection;
    client.on('messageBuffer', (...message: unknown[]) => this.#hand('messageBuffer', message));
    client.on('pmessageBuffer', (...message: unknown[]) => this.#hand('pmessageBuffer', message));
  }

  subscribe(channels: readonly string[]): void {
    for (const channel of channels) this.#channels.add(channel);
  }

  unsubscribe(channels: readonly string[]): void {
    for (const channel of channels) this.#channels.drop(channel);
  }

  psubscribe(pattern: string): void {
    this.#patterns.add(pattern);
  }

  punsubscribe(pattern: string): void {
    this.#patterns.drop(pattern);
  }

  // A3: not by `emit`, whose listeners' exceptions and rejections nobody would catch.
  #hand(event: 'messageBuffer' | 'pmessageBuffer', message: unknown[]): void {
    for (const listener of this.listeners(event)) {
      try {
        Promise.resolve(listener.apply(this, message)).catch(this.#onGarbage);
      } catch (err) {
        this.#onGarbage(err);
      }
    }
  }
}
