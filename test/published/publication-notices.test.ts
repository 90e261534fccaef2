/** Notices of publications and changes, on a node alone and between nodes. */
import test from 'ava';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { connectRedisCluster } from '../../src/cluster/redis/connect.ts';
import { createNotify } from '../../src/published/publication-notices.ts';
import { noticesContract } from '../contracts/notices.ts';
import { until } from '../support/helpers.ts';
import { keyPrefix, sharedRedis } from '../support/shared-services.ts';
import { silentLog } from '../support/silent-log.ts';

noticesContract(test, 'alone', async (t) => {
  const node = createLocalCluster({ nodeId: 'alone', log: silentLog });
  t.teardown(() => node.close());
  return { notify: createNotify(node), nodes: [node] };
});

noticesContract(test, 'redis', async (t) => {
  const shared = { url: await sharedRedis(), keyPrefix: keyPrefix(), log: silentLog, startWaitMs: 20_000 };
  const nodes = await Promise.all(['a', 'b'].map((nodeId) => connectRedisCluster({ ...shared, nodeId })));
  t.teardown(() => Promise.all(nodes.map((node) => node.close())));
  await until(() => nodes.every((node) => node.nodes().length === 2));
  const [first] = nodes;
  if (!first) throw new Error('no node');
  return { notify: createNotify(first), nodes };
});
