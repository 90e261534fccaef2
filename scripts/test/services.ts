// The services that a run of the tests shares: one real PostgreSQL and one real Redis.
import type { TestPostgres, TestRedis } from '../../test/support/services.ts';
import { startPostgres, startRedis } from '../../test/support/services.ts';
import { SHARED } from '../../test/support/shared-services.ts';

export interface Services {
  /** Where they are, for AVA's processes. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** A service that does not start is left out: the tests that need it say so themselves. */
export async function startServices(): Promise<Services> {
  const [postgres, redis] = await Promise.allSettled([startPostgres(), startRedis()]);
  const running: (TestPostgres | TestRedis)[] = [];
  const addresses: Record<string, string> = {};
  for (const [service, name] of [
    [postgres, SHARED.database],
    [redis, SHARED.redis],
  ] as const) {
    if (service.status === 'rejected') {
      console.log(service.reason instanceof Error ? service.reason.message : String(service.reason));
      continue;
    }
    running.push(service.value);
    addresses[name] = service.value.url;
  }
  return {
    env: addresses,
    async stop() {
      await Promise.allSettled(running.map((service) => service.stop()));
    },
  };
}
