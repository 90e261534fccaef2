/**
 * Copies Stet's database from one server to an empty database of another version, and checks that both hold the same.
 * The schema is made by the migrations that the source has had; rows go through files that both servers can reach, as
 * text, which PostgreSQL reads in every version. Knows neither servers nor folders. The source is only read.
 */
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../../migrations/index.ts';
import type { Logger } from '../../lib/logger.ts';
import { attachAuditPartition } from './audit/partitions.ts';
import { createOrm } from './orm.ts';

export interface CopyOptions {
  /** Both as superuser, on the same machine and of the same account. */
  fromUrl: string;
  toUrl: string;
  /** A folder that both servers may write; one table at a time is in it. */
  folder: string;
  log: Logger;
}

export interface Copied {
  tables: number;
  rows: number;
}

/** The copy cannot be made; the message says why. Nothing was changed at the source. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

interface Table {
  /** Quoted where it must be. */
  name: string;
  /** Those that hold a value of their own, quoted, in one order on both sides. */
  columns: string;
  /** With types: what must be alike on both sides. */
  shape: string;
}

/** What text is made of must not depend on either server's settings. */
const SETTINGS = `set datestyle = 'ISO'; set timezone = 'UTC'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 1; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0`;

const TABLES = `
  select c.oid::regclass::text as name,
         string_agg(quote_ident(a.attname), ', ' order by a.attname) filter (where a.attgenerated = '') as columns,
         string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attname) as shape
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where c.relkind in ('r', 'p') and not c.relispartition
     and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
   group by c.oid order by 1`;

const PARTITIONS = `
  select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'audit_events'::regclass order by 1`;

const SEQUENCES = `
  select format('%I.%I', schemaname, sequencename) as name, last_value::text as value
    from pg_sequences where last_value is not null`;

/** Row by row, whatever the order; the columns by name, whatever theirs. */
const digest = ({ name, columns }: Table) => `
  select count(*)::text as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as sum
    from (select ${columns} from ${name}) t`;

/** @throws CopyRefused, or what either server answers; the target is of no use then */
export async function copyDatabase({ fromUrl, toUrl, folder, log }: CopyOptions): Promise<Copied> {
  const [from, to] = [new pg.Client({ connectionString: fromUrl }), new pg.Client({ connectionString: toUrl })];
  // A connection lost between two steps is reported by the step.
  for (const client of [from, to]) client.on('error', () => undefined);
  try {
    await Promise.all([from.connect(), to.connect()]);
    await Promise.all([from.query(SETTINGS), to.query(SETTINGS)]);
    await from.query('begin isolation level repeatable read read only');
    await migrateAs(from, toUrl, log);
    const tables = await tablesOfBoth(from, to);
    await makePartitions(from, to);
    await copyRows(from, to, tables, folder, log);
    const rows = await compare(from, to, tables);
    await to.query('analyze');
    return { tables: tables.length, rows };
  } finally {
    await Promise.all([from.end(), to.end()].map((ended) => ended.catch(() => undefined)));
  }
}

/** Brings the target's schema to where the source's is. */
async function migrateAs(from: pg.Client, toUrl: string, log: Logger): Promise<void> {
  const found = await from.query(`select to_regclass('migrations') is not null as there`);
  const { rows } = found.rows[0].there
    ? await from.query<{ name: string }>('select name from migrations order by id')
    : { rows: [] };
  const names = rows.map(({ name }) => name);
  const unknown = names.filter((name) => !MIGRATIONS.some((migration) => migration.name === name));
  if (unknown.length > 0)
    throw new CopyRefused(`a newer version of Stet has used this database (${unknown.join(', ')})`);
  if (names.length === 0) return;
  const orm = await createOrm({ databaseUrl: toUrl, log, poolSize: 1 });
  try {
    await orm.orm.migrator.up(names);
  } finally {
    await orm.close();
  }
}

async function tablesOfBoth(from: pg.Client, to: pg.Client): Promise<Table[]> {
  const [source, target] = await Promise.all(
    [from, to].map(async (client) => (await client.query<Table>(TABLES)).rows),
  );
  const shapes = new Map(target?.map(({ name, shape }) => [name, shape]));
  const odd = source?.filter(({ name, shape }) => shapes.get(name) !== shape).map(({ name }) => name) ?? [];
  if (odd.length > 0) throw new CopyRefused(`the database has objects that Stet did not create: ${odd.join(', ')}`);
  return source ?? [];
}

/** Months of the audit trail that the migrations do not make. */
async function makePartitions(from: pg.Client, to: pg.Client): Promise<void> {
  const there = await from.query(`select to_regclass('audit_events') is not null as there`);
  if (!there.rows[0].there) return;
  const [source, target] = await Promise.all(
    [from, to].map(async (client) => (await client.query<{ name: string; bound: string }>(PARTITIONS)).rows),
  );
  const present = new Set(target?.map(({ name }) => name));
  for (const { name, bound } of source ?? []) {
    if (present.has(name)) continue;
    await attachAuditPartition(async (sql) => (await to.query(sql)).rows, pg.escapeIdentifier(name), bound);
  }
}

async function copyRows(from: pg.Client, to: pg.Client, tables: Table[], folder: string, log: Logger): Promise<void> {
  if (tables.length === 0) return;
  const { rows: sequences } = await from.query<{ name: string; value: string }>(SEQUENCES);
  const file = pg.escapeLiteral(join(folder, 'table'));
  await to.query('begin');
  // Triggers and foreign keys had their say when the rows were first written.
  await to.query('set local session_replication_role = replica');
  await to.query(`truncate ${tables.map(({ name }) => name).join(', ')}`);
  for (const { name, columns } of tables) {
    const { rowCount } = await from.query(`copy (select ${columns} from ${name}) to ${file}`);
    await to.query(`copy ${name} (${columns}) from ${file}`);
    log.info({ table: name, rows: rowCount }, 'copied');
  }
  for (const { name, value } of sequences) await to.query('select setval($1::regclass, $2::bigint)', [name, value]);
  await to.query('commit');
}

/** How many rows there are, when both sides hold the same. */
async function compare(from: pg.Client, to: pg.Client, tables: Table[]): Promise<number> {
  let rows = 0;
  for (const table of tables) {
    const [source, target] = await Promise.all(
      [from, to].map(async (client) => (await client.query(digest(table))).rows[0]),
    );
    if (source.rows !== target.rows || source.sum !== target.sum) {
      throw new Error(`the copy of ${table.name} differs: ${source.rows} rows became ${target.rows}`);
    }
    rows += Number(source.rows);
  }
  return rows;
}
