/**
 * Partitions of the audit trail by month, made ahead: this month and the next two. Whatever has no partition goes to the
 * default one, so a missing partition loses nothing; a month of which the default one holds events keeps them there.
 */
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Orm } from '../orm.ts';
import { transaction } from '../transaction.ts';

const MONTHS_AHEAD = 2;
const LOCK_KEY = 0x61_75_64_74;
const SETTINGS = 'set local lock_timeout = 3000';
const CHECK_VIOLATION = '23514';

interface Month {
  name: string;
  from: string;
  to: string;
}

/** The first day of a month, UTC, as ISO 8601; months beyond 11 run into the next year. */
const firstDay = (year: number, month: number) => new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);

export function monthsAhead(now: number): Month[] {
  const today = new Date(now);
  return Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) => {
    const month = today.getUTCMonth() + ahead;
    const from = firstDay(today.getUTCFullYear(), month);
    const to = firstDay(today.getUTCFullYear(), month + 1);
    return { name: `audit_events_${from.slice(0, 7).replace('-', '_')}`, from, to };
  });
}

/** Makes what is missing; call it at the start and daily, on any node. Throws when the database cannot do it now. */
export async function ensureAuditPartitions(orm: Orm, clock: Clock, log: Logger): Promise<void> {
  const months = monthsAhead(clock.now());
  const missing = await orm.query<{ name: string }>(
    'select name from unnest($1::text[]) as name where to_regclass(name) is null',
    [months.map(({ name }) => name)],
  );
  for (const { name } of missing) {
    const month = months.find((one) => one.name === name);
    if (month) await make(orm, month, log);
  }
}

async function make(orm: Orm, { name, from, to }: Month, log: Logger): Promise<void> {
  try {
    await transaction(
      orm,
      async (run) => {
        await run('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
        // Not `to_regclass`: this session may have cached, before the lock, that there was none.
        const found = await run('select from pg_class where relname = $1', [name]);
        if (found.length > 0) return;
        await attachAuditPartition(run, name, `for values from ('${from}') to ('${to}')`);
      },
      { settings: SETTINGS },
    );
    log.info({ partition: name }, 'audit: created a partition');
  } catch (error) {
    if ((error as { code?: unknown }).code !== CHECK_VIOLATION) throw error;
    log.warn({ partition: name }, 'audit: events of this month are in the default partition and stay there');
  }
}

/** Made apart and then attached: that lets inserts into the other partitions go on. */
export async function attachAuditPartition(
  run: (sql: string) => Promise<unknown>,
  name: string,
  bound: string,
): Promise<void> {
  await run(`create table ${name} (like audit_events including defaults including constraints)`);
  await run(`create trigger audit_events_no_truncate before truncate on ${name}
               for each statement execute function refuse_change()`);
  await run(`alter table audit_events attach partition ${name} ${bound}`);
}
