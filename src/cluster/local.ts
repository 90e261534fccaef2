/**
 * The cluster of a node that runs alone (no `REDIS_URL`): in this process, always connected. Every other node is dead:
 * whoever owned a document before cannot still be running beside us, and if it is, the epoch fences it (I2).
 */

import type { Logger } from '../lib/logger.ts';
import type { CallResult, Cluster, Liveness } from '../ports/cluster.ts';
import { CallTable } from './calls.ts';
import { Dispatcher } from './dispatcher.ts';
import { Loopback } from './loopback.ts';

export interface LocalClusterOptions {
  /** Unique for the life of this process. */
  nodeId: string;
  log: Logger;
  /** Calls that may wait for an answer, and calls that may be in their handlers, at a time. */
  maxCalls?: number;
}

/** Makes the cluster of a lone node. */
export function createLocalCluster({ nodeId, log, maxCalls = 10_000 }: LocalClusterOptions): Cluster {
  const dispatcher = new Dispatcher(log, maxCalls);
  const loopback = new Loopback(nodeId, dispatcher, new CallTable(maxCalls, () => performance.now()));
  const noEdges = { first: () => {}, last: () => {} };

  return {
    nodeId,
    connected: () => true,
    liveness: (id): Liveness => (id === nodeId ? 'alive' : 'dead'),
    nodes: () => [nodeId],
    call: (id, method, value, deadlineMs): Promise<CallResult> =>
      id === nodeId ? loopback.call(method, value, deadlineMs) : Promise.resolve({ ok: false, reason: 'dead' }),
    handle: (method, handler) => dispatcher.handle(method, handler),
    post: (id, topic, value) => {
      if (id === nodeId) loopback.post(topic, value);
    },
    onPost: (topic, handler) => dispatcher.onPost(topic, handler),
    publish: (channel, value) => loopback.publish(channel, value),
    subscribe: (channel, handler, onPlaced) => {
      const leave = dispatcher.listen(channel, handler, noEdges);
      let listening = true;
      if (onPlaced) {
        setImmediate(() => {
          if (listening) onPlaced();
        });
      }
      return () => {
        listening = false;
        leave();
      };
    },
    // The link of a lone node never breaks, so there is nothing to report.
    onReconnected: () => () => {},
    close: async () => loopback.close(),
  };
}
