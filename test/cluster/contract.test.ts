// The contract of the cluster port, for a lone node and over a real Redis.
import test from 'ava';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { connectRedisCluster } from '../../src/cluster/redis/connect.ts';
import { clusterContract, until } from '../contracts/cluster.ts';
import { startRedis, type TestRedis } from '../support/services.ts';
import { silentLog } from '../support/silent-log.ts';

const maxCalls = 100;
let redis: TestRedis;
let pairs = 0;

test.before(async () => {
  redis = await startRedis();
});
test.after.always(() => redis?.stop());

clusterContract(test, 'local', async () => {
  const node = createLocalCluster({ nodeId: 'alone', log: silentLog, maxCalls });
  return { node, peer: node, close: () => node.close() };
});

clusterContract(test, 'redis', async () => {
  const keyPrefix = `pair${++pairs}:`;
  const join = (nodeId: string) =>
    connectRedisCluster({ url: redis.url, nodeId, log: silentLog, maxCalls, keyPrefix, startWaitMs: 10_000 });
  const [node, peer] = await Promise.all([join('node-a'), join('node-b')]);
  await until('they hear each other', () => node.nodes().length === 2 && peer.nodes().length === 2);
  return {
    node,
    peer,
    async close() {
      await Promise.all([node.close(), peer.close()]);
    },
  };
});
