/**
 * The connection to PostgreSQL: the ORM, its pool and the session settings that the invariants need. Knows nothing of
 * what is stored. Every connection commits with `synchronous_commit=on` whatever the server's default is (I1), and a
 * session that falls silent inside a transaction is ended by the server, so that a paused node holds no row lock for
 * long (I2).
 */
import type { LogContext, LoggerNamespace } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM, type PostgreSqlConnection } from '@mikro-orm/postgresql';
import { MIGRATIONS } from '../../../migrations/index.ts';
import type { Logger } from '../../lib/logger.ts';
import { ENTITIES } from './entities/index.ts';
import { createPooledSessions } from './pooled-session.ts';
import { statementName } from './prepared.ts';

export interface OrmOptions {
  /** `postgres://…`; everything that node-postgres understands in it counts (`sslmode`, `host` of a socket). */
  databaseUrl: string;
  log: Logger;
  /** Most connections that this process opens. */
  poolSize: number;
  /** Milliseconds to wait for a free or a new connection before a query fails. Default 5,000. */
  connectTimeoutMs?: number;
  /** Milliseconds after which the server cancels a statement. Default 30,000; migrations have no such limit. */
  statementTimeoutMs?: number;
  /** Milliseconds after which the server ends a session that is silent inside a transaction. Default 2,000. */
  idleInTransactionMs?: number;
}

/** The ORM and the way to a unit of work. */
export interface Orm {
  readonly orm: MikroORM;
  /** A fresh entity manager: one for each unit of work, never shared between requests. */
  em(): EntityManager;
  /**
   * One SQL statement on its own, its values bound as `$1`…: for what spans tables or runs often. It is prepared
   * once a connection, so its text must be one of a few: values are never written into it.
   */
  query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
  /** Replaces the present sessions: they may have begun while the database was read-only. */
  renewSessions(): void;
  /** Ends all connections after their running queries. Later queries throw. */
  close(): Promise<void>;
}

/** What the ORM itself has to say goes to our log; queries and their parameters never do. */
function ormLogger(log: Logger, isClosed: () => boolean) {
  // A server that stops ends sessions that the pool is about to end.
  const write = (level: 'warn' | 'error', namespace: string, message: string) => {
    if (!isClosed()) log[level]({ namespace }, `orm: ${message}`);
  };
  return {
    log: () => {},
    logQuery: () => {},
    setDebugMode: () => {},
    isEnabled: () => false,
    warn: (namespace: LoggerNamespace | (string & {}), message: string) => write('warn', namespace, message),
    error: (namespace: LoggerNamespace | (string & {}), message: string, _context?: LogContext) =>
      write('error', namespace, message),
  };
}

/** A query after this process has closed the database: it is shutting down. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed';
  constructor() {
    super('The connection to the database was closed.');
  }
}

/** Prepares the ORM; connects on first use. Throws when the configuration is wrong, not when the server is away. */
export async function createOrm(options: OrmOptions): Promise<Orm> {
  const sessions = createPooledSessions();
  let closed = false;
  const orm = await MikroORM.init({
    clientUrl: options.databaseUrl,
    entities: ENTITIES,
    extensions: [Migrator],
    pool: { min: options.poolSize, max: options.poolSize },
    forceUtcTimezone: true,
    loggerFactory: () => ormLogger(options.log, () => closed),
    driverOptions: {
      // node-postgres reads the address itself: the ORM keeps host and database alone and would drop `sslmode`.
      connectionString: options.databaseUrl,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      idle_in_transaction_session_timeout: options.idleInTransactionMs ?? 2_000,
      keepAlive: true,
      application_name: 'stet',
      Client: sessions.Client,
      options: '-c synchronous_commit=on -c timezone=UTC',
    },
    migrations: {
      migrationsList: MIGRATIONS,
      tableName: 'migrations',
      snapshot: false,
      // Each migration commits by itself, so that one of them may build an index concurrently.
      allOrNothing: false,
    },
  });
  // The ORM would silently connect again, and keep a process alive that is on its way out.
  const assertOpen = () => {
    if (closed) throw new ConnectionClosed();
  };
  return {
    orm,
    em() {
      assertOpen();
      return orm.em.fork();
    },
    async query<Row>(sql: string, values: readonly unknown[]) {
      assertOpen();
      const pool = await (orm.em.getConnection() as PostgreSqlConnection).getNativeClient();
      const name = statementName(sql);
      const { rows } = await pool.query({ text: sql, values: [...values], ...(name !== undefined && { name }) });
      return rows as Row[];
    },
    renewSessions() {
      if (closed) return;
      const connection = orm.em.getConnection() as PostgreSqlConnection;
      connection.getNativeClient().then(sessions.renew, () => undefined);
    },
    close() {
      closed = true;
      return orm.close(true);
    },
  };
}
