/**
 * Base of all migrations: forward-only and online-safe. Each runs in a transaction of its own and gives up on a table
 * lock that it does not get soon, so that it never queues traffic behind itself; `migrate` then tries again.
 * Changes go in steps (expand, migrate, contract): the version before must still run on the schema after.
 */
import { Migration } from '@mikro-orm/migrations';

/** Milliseconds that a migration waits for a table lock. */
const LOCK_TIMEOUT_MS = 3_000;

export abstract class OnlineMigration extends Migration {
  /** The statements of this step, in order. */
  abstract statements(): readonly string[];

  override up(): void {
    this.addSql(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    this.addSql('set local statement_timeout = 0');
    for (const statement of this.statements()) this.addSql(statement);
  }

  override down(): never {
    throw new Error('Migrations go forward only: restore a backup or write the next migration.');
  }
}
