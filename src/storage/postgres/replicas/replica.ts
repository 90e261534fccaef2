/**
 * One read replica: its connections and how far it has got. Looks at it go over a connection of their own, so that long
 * reads do not make it seem dead. Does not know how far it should be.
 *
 * Each read first sees where it has come to, in its own transaction: an address may lead to several servers (a pooler, a
 * reader endpoint), and one that was restarted can be further back than it was.
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

/** Where a server is: in which cluster (`pg_control_system()`), and how far it has replayed. */
export interface Place {
  system: string;
  lsn: Lsn;
}

interface PlaceRow {
  standby: boolean;
  system: string;
  lsn: string | null;
}

const LOOK_MS = 1_000;
/** Reads may wait so long for a free connection: whether the replica lives, looks tell. */
const CONNECT_MS = 5_000;
const CLOSE_MS = 1_000;
const POOL_IS_BUSY = 'timeout exceeded when trying to connect';

const PLACE = `
  select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn()::text as lsn,
         (select system_identifier::text from pg_control_system()) as system`;

/** @throws when what answered is no replica */
function placeOf(row: PlaceRow | undefined): Place {
  // One that was promoted is no replica any more: what it holds is another history.
  if (!row?.standby) throw new NoReplica('it is no replica');
  if (row.lsn === null) throw new NoReplica('it does not say how far it is');
  return { system: row.system, lsn: parseLsn(row.lsn) };
}

class NoReplica extends Error {
  override readonly name = 'NoReplica';
}

/** Whether an error says that the server is gone or of no use, rather than that it refused one read. */
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
  readonly #looks: pg.Pool;
  readonly #begin: string;
  readonly #log: Logger;
  /** What reads under way hear when it is gone: one that hangs would keep them. */
  readonly #underWay = new Set<(error: unknown) => void>();
  #replayed: Lsn | undefined;
  /** What the log heard last. */
  #told = '';
  #closed = false;

  constructor({ url, poolSize, statementTimeoutMs, log }: ReplicaOptions) {
    const { host, searchParams } = new URL(url);
    this.name = host || (searchParams.get('host') ?? 'localhost');
    this.#log = log;
    // Settings go into each transaction: poolers know few at the beginning of a connection, and keep none.
    this.#begin = `begin read only; set local statement_timeout = ${statementTimeoutMs}; set local timezone = 'UTC'; ${PLACE}`;
    const common = { connectionString: url, Client: Session, keepAlive: true, application_name: 'stet-replica' };
    this.#reads = new pg.Pool({
      ...common,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: statementTimeoutMs + LOOK_MS,
    });
    this.#looks = new pg.Pool({
      ...common,
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: LOOK_MS,
      query_timeout: LOOK_MS,
    });
    for (const pool of [this.#reads, this.#looks]) pool.on('error', (error) => this.leaveOut(error));
  }

  /** How far it has replayed; undefined: it is left out. */
  get replayed(): Lsn | undefined {
    return this.#replayed;
  }

  /** Where it is; undefined when it does not answer, and is left out. Never rejects. */
  async look(): Promise<Place | undefined> {
    try {
      const { rows } = await answerWithin(this.#looks.query<PlaceRow>(PLACE), LOOK_MS);
      return placeOf(rows[0]);
    } catch (error) {
      this.leaveOut(error);
      return undefined;
    }
  }

  /** @param isBehind it answers, but is too far back to be read from */
  found(lsn: Lsn, isBehind: boolean): void {
    this.#replayed = lsn;
    this.#tell(isBehind ? 'replica is behind: not in use' : 'replica in use');
  }

  /** Until it is found again. Reads under way fail at once. */
  leaveOut(why: unknown): void {
    this.#replayed = undefined;
    for (const fail of this.#underWay) fail(why);
    this.#tell('replica left out', why instanceof Error ? why.message : String(why));
  }

  #tell(what: string, why?: string): void {
    const told = `${what} ${why ?? ''}`;
    if (this.#closed || told === this.#told) return;
    this.#told = told;
    if (why === undefined) this.#log.info({ replica: this.name }, what);
    else this.#log.warn({ replica: this.name, error: why }, what);
  }

  /**
   * One SELECT, on a server that has replayed as much.
   * @returns undefined when it has not got there
   * @throws when the read failed, whatever the reason
   */
  query<Row extends object>(place: Place, sql: string, values: readonly unknown[]): Promise<Row[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#underWay.add(reject);
      this.#read<Row>(place, sql, values)
        .then(resolve, (error) => {
          if (isGone(error)) this.leaveOut(error);
          reject(error);
        })
        .finally(() => this.#underWay.delete(reject));
    });
  }

  async #read<Row extends object>(wanted: Place, sql: string, values: readonly unknown[]) {
    const client = await this.#reads.connect();
    try {
      const results = (await client.query(this.#begin)) as unknown as pg.QueryResult<PlaceRow>[];
      const { system, lsn } = placeOf(results.at(-1)?.rows[0]);
      if (system !== wanted.system) throw new NoReplica('it belongs to another cluster');
      const found = lsn < wanted.lsn ? undefined : (await client.query<Row>(sql, [...values])).rows;
      // Nobody waits for the end of what only read.
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

  /** One that hangs does not say goodbye: it gets a moment. */
  async close(): Promise<void> {
    this.#closed = true;
    this.leaveOut('closed');
    await answerWithin(Promise.all([this.#reads.end(), this.#looks.end()]), CLOSE_MS).catch(() => undefined);
  }
}
