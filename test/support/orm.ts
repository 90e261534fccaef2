/** Connections of tests to their databases. */
import { createOrm, type Orm, type OrmOptions } from '../../src/storage/postgres/orm.ts';
import { silentLog } from './silent-log.ts';

/** On a busy machine dozens of sessions begin at once, and each is waited for: the timeout of the test ends what never comes. */
const CONNECT_MS = 60_000;

export const openOrm = (databaseUrl: string, poolSize: number, more: Partial<OrmOptions> = {}): Promise<Orm> =>
  createOrm({ databaseUrl, log: silentLog, poolSize, connectTimeoutMs: CONNECT_MS, ...more });
