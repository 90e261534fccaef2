/**
 * The cluster over Redis pub/sub. Map of the files:
 *   connect.ts        this: options, start, what others share (`RedisCluster`)
 *   node.ts           the port, wired: calls, posts, channels
 *   link.ts           heartbeats and the proof that the link works; membership.ts  who is alive
 *   outbox.ts         what goes out, batched; subscriptions.ts  what comes in; frame.ts  the bytes
 *   connection.ts     one connection that maintains itself
 *   socket-io-adapter.ts  Socket.IO's Redis adapter, made safe
 */
import type { Redis } from 'ioredis';
import type { Random } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { Connection } from './connection.ts';
import type { ClusterEvent } from './events.ts';
import { encodeHeader } from './frame.ts';
import { RedisNode } from './node.ts';

export interface RedisClusterOptions {
  /** `redis://[[user]:password@]host[:port][/db]`, or `rediss://` for TLS. */
  url: string;
  /** Unique for the life of this process: NODE_ID and something random. 1 to 255 bytes. */
  nodeId: string;
  log: Logger;
  /** Interval of heartbeats. */
  heartbeatMs?: number;
  /** A node is dead after so much silence; at least three heartbeats. */
  leaseMs?: number;
  /** Begins the name of every channel; clusters with different prefixes do not meet. Letters, digits, `_ - . :`. */
  keyPrefix?: string;
  /** How long to wait for the link before the node starts without. */
  startWaitMs?: number;
  /** Calls that may wait for an answer, and calls that may be in their handlers, at a time (I9). */
  maxCalls?: number;
  /** Bytes sent but not yet confirmed by Redis (I9); also the largest message. */
  maxUnconfirmedBytes?: number;
  onEvent?: (event: ClusterEvent) => void;
  /** Jitter of reconnects. */
  random?: Random;
  /** Milliseconds on a clock that never jumps. */
  monotonic?: () => number;
}

/** The cluster, and the connections to Redis that other parts of the node share. */
export interface RedisCluster extends Cluster {
  readonly keyPrefix: string;
  /**
   * A client for ordinary commands (rate limits, …). While Redis is away or hangs its commands reject within about a
   * second; it reconnects by itself. Closed with the cluster.
   */
  redis(): Redis;
  /** A separate connection, for parts with subscriptions of their own. Closed with the cluster. */
  dedicated(name: string): Connection;
  /** Called for each event of the cluster. */
  report(event: ClusterEvent): void;
}

const PREFIX_PATTERN = /^[\w.:-]{1,64}$/;

/**
 * Joins the cluster. Resolves when the link is up, or after `startWaitMs` without it: the node then starts all the same
 * and the link comes when Redis does.
 * @throws RangeError when an option makes no sense
 */
export async function connectRedisCluster(options: RedisClusterOptions): Promise<RedisCluster> {
  const {
    url,
    nodeId,
    log,
    heartbeatMs = 400,
    leaseMs = 1500,
    keyPrefix = 'stet:',
    startWaitMs = 1000,
    maxCalls = 10_000,
    maxUnconfirmedBytes = 32 * 1024 * 1024,
    onEvent = () => {},
    random = Math.random,
    monotonic = () => performance.now(),
  } = options;
  if (!PREFIX_PATTERN.test(keyPrefix)) throw new RangeError('keyPrefix: 1 to 64 of letters, digits, _ - . :');
  encodeHeader(nodeId); // throws on a bad id, before anything is opened
  if (leaseMs < 3 * heartbeatMs) throw new RangeError('leaseMs must be at least three heartbeats');

  const connections: Connection[] = [];
  const dedicated = (name: string): Connection => {
    const connection = new Connection({ url, name: `stet-${name}`, log, random, watchMs: heartbeatMs });
    connections.push(connection);
    return connection;
  };
  const node = new RedisNode({
    nodeId,
    log,
    publisher: dedicated('publisher'),
    subscriber: dedicated('subscriber'),
    keyPrefix,
    heartbeatMs,
    leaseMs,
    maxCalls,
    maxUnconfirmedBytes,
    onEvent,
    monotonic,
  });
  let shared: Connection | undefined;
  let closing: Promise<void> | undefined;

  const cluster: RedisCluster = {
    nodeId,
    keyPrefix,
    connected: () => node.connected(),
    liveness: (id) => node.liveness(id),
    nodes: () => node.nodes(),
    call: (id, method, value, deadlineMs) => node.call(id, method, value, deadlineMs),
    handle: (method, handler) => node.handle(method, handler),
    post: (id, topic, value) => node.post(id, topic, value),
    onPost: (topic, handler) => node.onPost(topic, handler),
    publish: (channel, value) => node.publish(channel, value),
    subscribe: (channel, handler, onPlaced) => node.subscribe(channel, handler, onPlaced),
    onReconnected: (listener) => node.onReconnected(listener),
    redis: () => {
      shared ??= dedicated('commands');
      return shared.client;
    },
    dedicated,
    report: onEvent,
    close: () => {
      closing ??= node.leave().then(async () => {
        await Promise.all(connections.map((connection) => connection.close()));
      });
      return closing;
    },
  };
  await started(node, startWaitMs);
  if (!node.connected()) log.warn({}, 'starting without a cluster link');
  return cluster;
}

async function started(node: RedisNode, waitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  const off = node.onReconnected(resolve);
  await promise;
  clearTimeout(timer);
  off();
}
