/** The nodes that this one works with: over Redis, or none. */
import type { Redis } from 'ioredis';
import { createLocalCluster } from '../cluster/local.ts';
import { connectRedisCluster, type RedisCluster } from '../cluster/redis/connect.ts';
import type { Cluster } from '../ports/cluster.ts';
import { createNotify } from '../published/publication-notices.ts';
import type { NodeContext } from './context.ts';

export interface NodeCluster {
  cluster: Cluster;
  /** Undefined where the node runs alone. */
  redisCluster: RedisCluster | undefined;
  redis: Redis | undefined;
  /** Publishes a notice to all nodes. */
  notify: ReturnType<typeof createNotify>;
}

export async function joinCluster({ config, log, metrics, parts, replacements }: NodeContext): Promise<NodeCluster> {
  const redisCluster =
    config.redisUrl === undefined
      ? undefined
      : await connectRedisCluster({
          url: config.redisUrl,
          keyPrefix: config.redisPrefix,
          nodeId: config.nodeId,
          log,
          heartbeatMs: config.heartbeatMs,
          leaseMs: config.leaseMs,
          onEvent: metrics.cluster,
        });
  const own = redisCluster ?? createLocalCluster({ nodeId: config.nodeId, log });
  const cluster = replacements.cluster?.(own) ?? own;
  parts.add('cluster', () => cluster.close());
  return { cluster, redisCluster, redis: redisCluster?.redis(), notify: createNotify(cluster) };
}
