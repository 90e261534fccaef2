/** Where the command's database is: the one of DATABASE_URL, or the embedded one, which is then started. */
import type { Config } from '../config/config.ts';
import type { Logger } from '../lib/logger.ts';

export interface OpenedDatabase {
  url: string;
  close(): Promise<void>;
}

/** The database of a node: the embedded one belongs to this process alone. */
export async function openDatabase(config: Config, log: Logger): Promise<OpenedDatabase> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, close: async () => undefined };
  const { startEmbeddedPostgres } = await import('../embedded/postgres.ts');
  const database = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  return { url: database.url, close: () => database.close() };
}

/** The database for a command beside a node: where a node runs on the embedded one, that is used. */
export async function borrowDatabase(config: Config, log: Logger): Promise<OpenedDatabase> {
  if (config.databaseUrl === undefined) {
    const { findRunningPostgres } = await import('../embedded/running.ts');
    const url = findRunningPostgres(config.dataDir);
    if (url !== undefined) return { url, close: async () => undefined };
  }
  return openDatabase(config, log);
}
