/** Where the command's database is: the one of DATABASE_URL, or the embedded one, which is then started. */
import type { Config } from '../config.ts';
import type { Logger } from '../ports/logger.ts';

export interface OpenedDatabase {
  url: string;
  embedded: boolean;
  close(): Promise<void>;
}

export async function openDatabase(config: Config, log: Logger): Promise<OpenedDatabase> {
  if (config.databaseUrl !== undefined) {
    return { url: config.databaseUrl, embedded: false, close: async () => undefined };
  }
  const { startEmbeddedPostgres } = await import('../embedded/postgres.ts');
  const database = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  return { url: database.url, embedded: true, close: () => database.close() };
}
