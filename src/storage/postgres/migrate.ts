/**
 * Brings the schema up to date. Safe when several nodes start at once: one migrates under an advisory lock, the others
 * wait and then find nothing to do. A migration that does not get its table lock in time is tried again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { Logger } from '../../lib/logger.ts';
import type { Orm } from './orm.ts';

/** Any number that nothing else uses in this database: "stet" in ASCII. */
const LOCK_KEY = 0x73_74_65_74;
const POLL_MS = 100;
const LOCK_NOT_AVAILABLE = '55P03';
const ATTEMPTS = 10;

/** Names of the migrations that ran, oldest first. */
export interface Migrated {
  applied: string[];
}

/**
 * Runs all pending migrations.
 * @param waitMs milliseconds to wait for another node that is migrating; throws after that
 */
export async function migrate({ orm }: Orm, log: Logger, waitMs = 300_000): Promise<Migrated> {
  const connection = orm.em.getConnection() as PostgreSqlConnection;
  const pool = await connection.getNativeClient();
  const session = await pool.connect();
  try {
    const deadline = performance.now() + waitMs;
    // Polled, not awaited in the database: a waiting statement holds a snapshot, and an index that is being built
    // concurrently by the node ahead would wait for it forever.
    for (let waited = false; ; waited = true) {
      const { rows } = await session.query('select pg_try_advisory_lock($1) as locked', [LOCK_KEY]);
      if (rows[0].locked === true) break;
      if (performance.now() > deadline) throw new Error('another process holds the migration lock for too long');
      if (!waited) log.info({}, 'waiting for another node to migrate');
      await delay(POLL_MS);
    }
    const applied = await up(orm.migrator, log);
    if (applied.length > 0) log.info({ applied }, 'schema migrated');
    return { applied };
  } finally {
    // The lock ends with its session: handed back to the pool, the connection would keep it.
    session.release(true);
  }
}

async function up(migrator: Orm['orm']['migrator'], log: Logger): Promise<string[]> {
  const applied: string[] = [];
  const note = ({ name }: { name: string }) => {
    applied.push(name);
  };
  migrator.on('migrated', note);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await migrator.up();
        return applied;
      } catch (error) {
        if (attempt === ATTEMPTS || (error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
        log.warn({ attempt }, 'a migration could not lock its table; trying again');
      }
    }
  } finally {
    migrator.off('migrated', note);
  }
}
