/** The database of a node, brought to its schema, and the journal of edits on it. */
import { createRelay, type Relay } from '../lib/relay.ts';
import { createJournal, type JournalOptions, type PostgresJournal } from '../storage/postgres/journal/index.ts';
import { migrate } from '../storage/postgres/migrate.ts';
import { createOrm, type Orm } from '../storage/postgres/orm.ts';
import { serverSecret } from '../storage/postgres/server-secret.ts';
import type { NodeContext } from './context.ts';
import { BATCH, ORM_POOL } from './settings.ts';

export interface Storage {
  orm: Orm;
  journal: PostgresJournal;
  /** Signs what the cluster hands out to know it again. */
  secret: Uint8Array;
  /** Called with each portion that the journal wrote. */
  written: Relay<Parameters<NonNullable<JournalOptions['onWritten']>>>;
}

export async function openStorage(context: NodeContext): Promise<Storage> {
  const { config, log, metrics, drain, parts, replacements } = context;
  const orm = await createOrm({ databaseUrl: config.databaseUrl, log, poolSize: ORM_POOL });
  parts.add('database', () => orm.close());
  await migrate(orm, log);
  const secret = await serverSecret(orm, 'signatures');
  const written: Storage['written'] = createRelay();
  const postgresJournal = createJournal({
    databaseUrl: config.databaseUrl,
    nodeId: config.nodeId,
    log,
    statementTimeoutMs: config.statementTimeoutMs,
    maxWindowMs: config.commitWindowMs,
    ...BATCH,
    onBatch: metrics.journalBatch,
    random: Math.random,
    onWritable: () => orm.renewSessions(),
    onWritten: written,
  });
  const journal = replacements.journal?.(postgresJournal) ?? postgresJournal;
  parts.add('journal', () => journal.close(drain.leftMs()));
  return { orm, journal, secret, written };
}
