// A connection to Redis for a test, as nodes have them: it queues nothing, and says so when Redis is away.
import type { ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { sharedRedis } from './shared-services.ts';

/** @param url of another Redis than the shared one */
export async function redisClient(t: Pick<ExecutionContext, 'teardown'>, url?: string): Promise<Redis> {
  const client = new Redis(url ?? (await sharedRedis()), {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    lazyConnect: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  t.teardown(() => client.disconnect());
  return client;
}
