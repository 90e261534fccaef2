/**
 * Sessions of a pool, of which none that cannot write stays: node-postgres keeps a session until its connection breaks, but
 * one that began while the database was read-only stays read-only for good. Such a session is ended at the server, since
 * a pooler in between would assign it again as it is. Does not know the queries.
 */
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { withDeadline } from '../../lib/deadline.ts';
import { faultOf } from './faults.ts';
import { Session } from './session.ts';

/** A younger session is kept: while no session can write, each failure would cost the server a new one. */
const MINIMUM_AGE_MS = 1_000;
/** Time for the server to end a session, milliseconds; then its connection is closed. */
const END_WITHIN_MS = 1_000;
/** Any role may end its own. */
export const END_SESSION = 'SELECT pg_terminate_backend(pg_backend_pid())';

type Release = (error?: Error | boolean) => void;

export interface PooledSessions {
  /** For the option of that name of a pool. */
  readonly Client: typeof pg.Client;
  /** Replaces each of the pool's present sessions as soon as it is free. */
  renew(pool: pg.Pool): void;
}

export function createPooledSessions(): PooledSessions {
  let renewedAt = 0;

  class PooledSession extends Session {
    readonly #bornAt = performance.now();
    #unfit: Error | undefined;
    #give: Release = () => undefined;

    constructor(config?: string | pg.ClientConfig) {
      super(config);
      const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
      connection.on('errorMessage', (error: Error) => {
        if (faultOf(error) === 'session' && performance.now() - this.#bornAt >= MINIMUM_AGE_MS) this.#unfit = error;
      });
    }

    /** The pool sets it each time that it hands the session out. */
    set release(give: Release) {
      this.#give = give;
    }

    get release(): Release {
      return (error) => {
        if (!this.#unfit && this.#bornAt >= renewedAt) this.#give(error);
        else void this.#endSession().then(() => this.#give(error || this.#unfit || true));
      };
    }

    async #endSession(): Promise<void> {
      const ended = this.query(END_SESSION).catch(() => undefined);
      await withDeadline(ended, END_WITHIN_MS, () => undefined);
    }
  }

  return {
    Client: PooledSession,
    renew(pool) {
      renewedAt = performance.now();
      for (let idle = pool.idleCount; idle > 0; idle -= 1) {
        pool.connect().then(
          (session) => session.release(),
          () => undefined,
        );
      }
    },
  };
}
