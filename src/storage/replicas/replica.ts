/**
 * One read replica: its connections and how far it has got. It counts only while it answers; one that lags is told apart
 * from one that is dead, and both come back by themselves.
 */
import pg from 'pg';
import type { Logger } from '../../ports/logger.ts';
import { type Lsn, parseLsn } from './lsn.ts';

export interface ReplicaOptions {
  url: string;
  poolSize: number;
  statementTimeoutMs: number;
  log: Logger;
}

const CONNECT_TIMEOUT_MS = 1_000;
const PROBE_TIMEOUT_MS = 1_000;

export class Replica {
  /** Host and port, for logs and metrics. */
  readonly name: string;
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  #replayed: Lsn | undefined;
  #probing: Promise<void> | undefined;

  constructor({ url, poolSize, statementTimeoutMs, log }: ReplicaOptions) {
    this.name = new URL(url).host;
    this.#log = log;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      application_name: 'stet-replica',
      options: '-c default_transaction_read_only=on -c timezone=UTC',
    });
    this.#pool.on('error', (error) => this.failed(error));
  }

  /** How far it has replayed; undefined: it does not answer. */
  get replayed(): Lsn | undefined {
    return this.#replayed;
  }

  /** Looks how far it is; never rejects. One look at a time: one that hangs counts as no answer. */
  probe(): Promise<void> {
    this.#probing ??= this.#look().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #look(): Promise<void> {
    const late = setTimeout(() => this.failed(new Error('no answer in time')), PROBE_TIMEOUT_MS);
    try {
      const { rows } = await this.#pool.query<{ lsn: string | null }>(
        // A replica that was promoted is no replica any more: what it holds is another history.
        'select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as lsn',
      );
      const lsn = rows[0]?.lsn;
      if (lsn == null) throw new Error('it is no replica');
      if (this.#replayed === undefined) this.#log.info({ replica: this.name, lsn }, 'replica in use');
      this.#replayed = parseLsn(lsn);
    } catch (error) {
      this.failed(error);
    } finally {
      clearTimeout(late);
    }
  }

  /** It is left out until it answers again. */
  failed(error: unknown): void {
    if (this.#replayed !== undefined) this.#log.warn({ replica: this.name, error: String(error) }, 'replica left out');
    this.#replayed = undefined;
  }

  async query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row>(sql, [...values]);
    return rows;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
