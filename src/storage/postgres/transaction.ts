/**
 * Transactions of plain SQL: one session, statements with values bound as `$1`…, committed when the work ends and rolled
 * back when it throws. For writes whose locks and order matter; the ORM's own transactions serve the rest.
 */
import type { PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { Orm } from './orm.ts';
import { statementName } from './prepared.ts';

/** Runs one statement in the transaction; prepared once a connection, so its text must be one of a few. */
export type Run = <Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface TransactionOptions {
  /** Sent with `begin`: `set local …`, of ours alone. */
  settings?: string;
}

/** @throws what the work throws, after the rollback, or what the database answers */
export async function transaction<T>(
  orm: Orm,
  work: (run: Run) => Promise<T>,
  { settings = '' }: TransactionOptions = {},
): Promise<T> {
  const pool = await (orm.em().getConnection() as PostgreSqlConnection).getNativeClient();
  const session = await pool.connect();
  let broken: Error | undefined;
  // Lost between two statements: the next one fails, and the session has no listener of its own.
  const onError = (error: Error) => {
    broken = error;
  };
  session.on('error', onError);
  const run: Run = async <Row>(sql: string, values: readonly unknown[] = []) => {
    const name = statementName(sql);
    return (await session.query({ text: sql, values: [...values], ...(name !== undefined && { name }) })).rows as Row[];
  };
  try {
    await session.query(`begin; ${settings}`);
    const result = await work(run);
    await session.query('commit');
    return result;
  } catch (error) {
    await session.query('rollback').catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    session.off('error', onError);
    session.release(broken);
  }
}
