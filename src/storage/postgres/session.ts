/**
 * One connection to PostgreSQL whose loss ends nothing else. node-postgres emits `error` when a connection breaks, an `error`
 * that nobody hears ends the process, and between a pool and whoever asked it for a session there is a moment in which
 * nobody does. What breaks fails the query under way, and the next one; a pool hears of the sessions that it keeps.
 */
import pg from 'pg';

export class Session extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** Hears of the sessions that a pool keeps and loses; not of those that it ends itself, which a server may end before. */
export function whenLost(pool: pg.Pool, tell: (error: Error) => void): void {
  pool.on('error', (error) => {
    if (!pool.ending) tell(error);
  });
}
