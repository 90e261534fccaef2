// A node that counts and dies at a step: `node counter-child.ts`, all it has to know in the environment. Kills itself.

import { Redis } from 'ioredis';
import { createRedisCounts } from '../../src/cluster/redis/counts.ts';
import { createViewCounter } from '../../src/published/view-counter.ts';
import { createViewCountStore } from '../../src/storage/postgres/public/counts.ts';
import { openOrm } from './orm.ts';
import { silentLog } from './silent-log.ts';

const { DATABASE_URL = '', REDIS_URL = '', PREFIX = '', DOCUMENT = '', DIE_AFTER = '' } = process.env;

/** Kills this process as soon as the step was done; nothing that waits for it goes on. */
function dying<T extends object>(part: T): T {
  return new Proxy(part, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function' || name !== DIE_AFTER) return member;
      return async (...args: unknown[]) => {
        await member.apply(target, args);
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => undefined);
      };
    },
  });
}

const store = new Redis(REDIS_URL);
const orm = await openOrm(DATABASE_URL, 1);
const counters = createViewCounter({
  store: dying(
    createRedisCounts({
      store,
      keyPrefix: PREFIX,
      nodeId: crypto.randomUUID(),
      newId: () => crypto.randomUUID(),
      newSalt: () => 'salt',
      batchMs: 1,
      abandonedMs: 0,
    }),
  ),
  counts: dying(createViewCountStore(orm)),
  clock: { now: Date.now },
  log: silentLog,
  gatherMs: 2_147_483_647,
  writeMs: 2_147_483_647,
});
for (let n = 0; n < 3; n += 1) counters.count(DOCUMENT, { address: `192.0.2.${n}`, userAgent: 'test' });
await counters.gather();
await counters.write();
process.stdout.write('written');
await orm.close();
store.disconnect();
