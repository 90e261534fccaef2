// The services that a run of the tests shares: one real PostgreSQL, one real Redis, and one Chromium.
import { withDeadline } from '../../src/lib/deadline.ts';
import { startPostgres, startRedis } from '../../test/support/services.ts';
import { SHARED } from '../../test/support/shared-addresses.ts';
import { startBrowserServer } from '../../test/support/shared-browser.ts';

/** The result of a run does not wait longer for services that do not stop, milliseconds. */
const STOP_WITHIN_MS = 60_000;

export interface Services {
  /** Where they are, for AVA's processes. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * A service that does not start is left out: the tests that need it say so themselves.
 * @param options.browser some of the tests have pages
 */
export async function startServices(options: { readonly browser: boolean }): Promise<Services> {
  const starts = [
    [SHARED.database, startPostgres],
    [SHARED.redis, startRedis],
    ...(options.browser ? ([[SHARED.browser, startBrowserServer]] as const) : []),
  ] as const;
  const env: Record<string, string> = {};
  const stops: (() => Promise<void>)[] = [];
  await Promise.all(
    starts.map(async ([name, start]) => {
      try {
        const service = await start();
        env[name] = service.url;
        stops.push(() => service.stop());
      } catch (error) {
        console.log(error instanceof Error ? error.message : String(error));
      }
    }),
  );
  return {
    env,
    async stop() {
      const stopped = Promise.allSettled(stops.map((stop) => stop()));
      await withDeadline(stopped, STOP_WITHIN_MS, () => undefined);
    },
  };
}
