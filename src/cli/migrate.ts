/** `stet migrate`: applies pending migrations and prints them. */
import { resolveConfig } from '../config/config.ts';
import { migrate } from '../storage/postgres/migrate.ts';
import { createOrm } from '../storage/postgres/orm.ts';
import { borrowDatabase } from './database.ts';
import { refuseArguments } from './help.ts';
import { createLog } from './log.ts';

export async function migrateCommand(args: readonly string[]): Promise<number> {
  refuseArguments(args, 'migrate');
  const config = resolveConfig(process.env);
  const log = createLog(config);
  const database = await borrowDatabase(config, log);
  const orm = await createOrm({ databaseUrl: database.url, log, poolSize: 2 });
  try {
    const { applied } = await migrate(orm, log);
    process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
    return 0;
  } finally {
    await orm.close();
    await database.close();
  }
}
