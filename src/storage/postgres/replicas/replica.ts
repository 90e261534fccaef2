/**
 * One read replica: its connections and its position. Probes use a connection of their own, so that long reads do not make
 * it seem dead. Does not know which position is required.
 *
 * Each read first checks the position of its server, in its own transaction: an address may lead to several servers (a
 * pooler, a reader endpoint), and one that was restarted can be further back than before.
 */
import pg from 'pg';
import { answerWithin } from '../../../lib/deadline.ts';
import type { Logger } from '../../../lib/logger.ts';
import { Session } from '../session.ts';
import { type Lsn, parseLsn } from './lsn.ts';

export interface ReplicaOptions {
  url: string;
  poolSize: number;
  statementTimeoutMs: number;
  log: Logger;
}

/** The cluster of a server (`pg_control_system()`), and the WAL position up to which it has replayed. */
export interface ReplicaPosition {
  system: string;
  lsn: Lsn;
}

interface PositionRow {
  standby: boolean;
  system: string;
  lsn: string | null;
}

const PROBE_TIMEOUT_MS = 1_000;
/** Reads may wait so long for a free connection, milliseconds: probes show whether the replica lives. */
const CONNECT_MS = 5_000;
const CLOSE_MS = 1_000;
const POOL_IS_BUSY = 'timeout exceeded when trying to connect';

const POSITION = `
  select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn()::text as lsn,
         (select system_identifier::text from pg_control_system()) as system`;

/** @throws when the server is no replica */
function positionOf(row: PositionRow | undefined): ReplicaPosition {
  // One that was promoted is no replica any more: its history is its own.
  if (!row?.standby) throw new NoReplica('it is not a replica');
  if (row.lsn === null) throw new NoReplica('it does not report its position');
  return { system: row.system, lsn: parseLsn(row.lsn) };
}

class NoReplica extends Error {
  override readonly name = 'NoReplica';
}

/** Whether an error means that the server is gone or unusable, rather than that it refused one read. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error) || error.message === POOL_IS_BUSY) return false;
  const { code } = error as { code?: unknown };
  // Not `EPIPE` and the like. 08: connection, 57P: shut down or starting up.
  const sqlState = typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : undefined;
  return sqlState === undefined || /^(08|57P)/.test(sqlState);
}

export class Replica {
  /** Host and port, for logs. */
  readonly name: string;
  readonly #reads: pg.Pool;
  readonly #probes: pg.Pool;
  readonly #begin: string;
  readonly #log: Logger;
  /** Rejects the reads in flight when the replica is gone: one that hangs would keep them. */
  readonly #inFlight = new Set<(error: unknown) => void>();
  #replayed: Lsn | undefined;
  /** The last state that was logged. */
  #lastLogged = '';
  #closed = false;

  constructor({ url, poolSize, statementTimeoutMs, log }: ReplicaOptions) {
    const { host, searchParams } = new URL(url);
    this.name = host || (searchParams.get('host') ?? 'localhost');
    this.#log = log;
    // Settings go into each transaction: poolers know few at the beginning of a connection, and keep none.
    this.#begin = `begin read only; set local statement_timeout = ${statementTimeoutMs}; set local timezone = 'UTC'; ${POSITION}`;
    const common = { connectionString: url, Client: Session, keepAlive: true, application_name: 'stet-replica' };
    this.#reads = new pg.Pool({
      ...common,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: statementTimeoutMs + PROBE_TIMEOUT_MS,
    });
    this.#probes = new pg.Pool({
      ...common,
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: PROBE_TIMEOUT_MS,
      query_timeout: PROBE_TIMEOUT_MS,
    });
    for (const pool of [this.#reads, this.#probes]) pool.on('error', (error) => this.exclude(error));
  }

  /** The position up to which it has replayed; undefined: it is not in use. */
  get replayed(): Lsn | undefined {
    return this.#replayed;
  }

  /** Its position; undefined when it does not answer, and is excluded. Never rejects. */
  async probe(): Promise<ReplicaPosition | undefined> {
    try {
      const { rows } = await answerWithin(this.#probes.query<PositionRow>(POSITION), PROBE_TIMEOUT_MS);
      return positionOf(rows[0]);
    } catch (error) {
      this.exclude(error);
      return undefined;
    }
  }

  /** @param isBehind it answers, but is too far behind to be read from */
  replayedTo(lsn: Lsn, isBehind: boolean): void {
    this.#replayed = lsn;
    this.#logChange(isBehind ? 'replica is behind: not in use' : 'replica in use');
  }

  /** Not in use until a probe succeeds. Reads in flight fail at once. */
  exclude(why: unknown): void {
    this.#replayed = undefined;
    for (const fail of this.#inFlight) fail(why);
    this.#logChange('replica excluded', why instanceof Error ? why.message : String(why));
  }

  #logChange(what: string, why?: string): void {
    const state = `${what} ${why ?? ''}`;
    if (this.#closed || state === this.#lastLogged) return;
    this.#lastLogged = state;
    if (why === undefined) this.#log.info({ replica: this.name }, what);
    else this.#log.warn({ replica: this.name, error: why }, what);
  }

  /**
   * One SELECT, on a server that has replayed up to a position.
   * @returns undefined when the server is behind it
   * @throws when the read failed, for any reason
   */
  query<Row extends object>(
    wanted: ReplicaPosition,
    sql: string,
    values: readonly unknown[],
  ): Promise<Row[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#inFlight.add(reject);
      this.#read<Row>(wanted, sql, values)
        .then(resolve, (error) => {
          if (isGone(error)) this.exclude(error);
          reject(error);
        })
        .finally(() => this.#inFlight.delete(reject));
    });
  }

  async #read<Row extends object>(wanted: ReplicaPosition, sql: string, values: readonly unknown[]) {
    const client = await this.#reads.connect();
    try {
      const results = (await client.query(this.#begin)) as unknown as pg.QueryResult<PositionRow>[];
      const { system, lsn } = positionOf(results.at(-1)?.rows[0]);
      if (system !== wanted.system) throw new NoReplica('it belongs to another cluster');
      const found = lsn < wanted.lsn ? undefined : (await client.query<Row>(sql, [...values])).rows;
      // A read-only transaction has no outcome to wait for.
      client.query('commit').then(
        () => client.release(),
        () => client.release(true),
      );
      return found;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Does not wait long for a server that hangs. */
  async close(): Promise<void> {
    this.#closed = true;
    this.exclude('closed');
    await answerWithin(Promise.all([this.#reads.end(), this.#probes.end()]), CLOSE_MS).catch(() => undefined);
  }
}
