/** `stet move`: moves the embedded database of an earlier Stet to the version of PostgreSQL that this one runs. */
import { resolveConfig } from '../config/config.ts';
import { moveEmbedded } from '../embedded/move.ts';
import { copyDatabase } from '../storage/postgres/copy-database.ts';
import { refuseArguments, UsageError } from './help.ts';
import { createLog } from './log.ts';

export async function moveCommand(args: readonly string[]): Promise<number> {
  refuseArguments(args, 'move');
  const config = resolveConfig(process.env);
  if (config.databaseUrl !== undefined)
    throw new UsageError('"stet move" works on the embedded database; unset DATABASE_URL');
  const log = createLog({ ...config, logLevel: 'warn' });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const moved = await moveEmbedded({
    dataDir: config.dataDir,
    log,
    copy(fromUrl, toUrl, folder) {
      say(`Copying the database in ${config.dataDir} …`);
      return copyDatabase({ fromUrl, toUrl, folder, log });
    },
  });
  if (!moved) {
    say('No database to move.');
    return 0;
  }
  const { tables, rows } = moved.result;
  say(`Copied and compared ${rows} rows in ${tables} tables. The old database is in ${moved.kept}.`);
  say('Start Stet and check your documents. Then you can delete the old database.');
  return 0;
}
