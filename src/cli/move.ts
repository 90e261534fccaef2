/** `stet move`: converts the embedded database of an earlier Stet to the PostgreSQL that this one runs. */
import { resolveConfig } from '../config/config.ts';
import { moveEmbedded } from '../embedded/move.ts';
import { copyDatabase } from '../storage/postgres/copy-database.ts';
import { refuseArguments, UsageError } from './help.ts';
import { createLog } from './log.ts';

export async function moveCommand(args: readonly string[]): Promise<number> {
  refuseArguments(args, 'move');
  const config = resolveConfig(process.env);
  if (config.databaseUrl !== undefined) throw new UsageError('move is for the embedded database: unset DATABASE_URL');
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
    say('There is nothing to move.');
    return 0;
  }
  const { tables, rows } = moved.result;
  say(`${rows} rows of ${tables} tables were copied and compared. The earlier database is kept in ${moved.kept}.`);
  say('Start Stet, check that everything is there, then delete the earlier database.');
  return 0;
}
