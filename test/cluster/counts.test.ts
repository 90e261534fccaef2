/** The stores that gather counts: in process, and in Redis for all nodes. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { createLocalCounts } from '../../src/cluster/local-counts.ts';
import { createRedisCounts } from '../../src/cluster/redis/counts.ts';
import { countStoreContract } from '../contracts/counts.ts';
import { redisClient } from '../support/redis.ts';
import { keyPrefix } from '../support/shared-services.ts';

countStoreContract(test, 'alone', async () =>
  createLocalCounts({ newId: randomUUID, newSalt: randomUUID, maxReaders: 1_000 }),
);

countStoreContract(test, 'redis', async (t) =>
  createRedisCounts({
    store: await redisClient(t),
    keyPrefix: keyPrefix(),
    nodeId: randomUUID(),
    newId: randomUUID,
    newSalt: randomUUID,
    batchMs: 1,
    abandonedMs: 0,
  }),
);
