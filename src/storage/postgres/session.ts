/**
 * One connection to PostgreSQL whose loss ends nothing else. node-postgres emits `error` when a connection breaks, an `error`
 * without a listener ends the process, and while a pool hands a session over there is a moment without one. A broken
 * session fails its running query and the next one; a pool gets an event for the sessions that it keeps.
 */
import pg from 'pg';

export class Session extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** Reports sessions that a pool loses; not those that it ends itself, which a server may end before. */
export function onSessionLost(pool: pg.Pool, report: (error: Error) => void): void {
  pool.on('error', (error) => {
    if (!pool.ending) report(error);
  });
}
