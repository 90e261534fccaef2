/**
 * Idempotency keys and the responses stored under them: one row a user and key. The row is the lock: the request that inserts
 * it is performed, on whichever node; all others find the row. Knows nothing of HTTP beyond a status, some headers and bytes.
 *
 * - R1 of any number of requests with one key, on all nodes, one owns the row at a time.
 * - R2 a request without a response after a minute counts as dead, and another may take over its row. If it resumes, its
 *   response is not stored: `attempt` names the owner of the row.
 * - R3 keys expire after a day. Until then the rate limits bound their number.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { ticking } from '../../lib/timers.ts';
import type { IdempotencyStore } from '../../ports/idempotency.ts';
import type { Orm } from './orm.ts';

export interface IdempotencyStoreOptions {
  orm: Orm;
  clock: Clock;
  log: Logger;
}

const EXPIRE_MS = 86_400_000;
const DEAD_MS = 60_000;
const PURGE_EVERY_MS = 600_000;
const PURGE_BATCH = 1_000;
/** Batches in one purge; the rest waits for the next one. */
const PURGE_BATCHES = 100;
/** A row found by the insert and missed by the read was abandoned between the two: rarely twice. */
const TRIES = 3;

interface Row {
  fingerprint: Buffer;
  status: number | null;
  headers: Record<string, string> | null;
  body: Buffer | null;
}

export function createIdempotencyStore({ orm, clock, log }: IdempotencyStoreOptions): IdempotencyStore {
  const ago = (ms: number) => new Date(clock.now() - ms);

  async function purge(): Promise<number> {
    let purged = 0;
    for (let batch = 0; batch < PURGE_BATCHES; batch += 1) {
      // Another node may purge at the same time: each skips the rows that the other has locked.
      const gone = await orm.query(
        `delete from idempotency_keys where (user_id, key) in (
           select user_id, key from idempotency_keys where started_at < $1 limit $2 for update skip locked)
         returning 1`,
        [ago(EXPIRE_MS), PURGE_BATCH],
      );
      purged += gone.length;
      if (gone.length < PURGE_BATCH) break;
    }
    return purged;
  }
  const timer = ticking(PURGE_EVERY_MS, 'old idempotency keys', log, () =>
    purge().catch((error) => log.warn({ err: error }, 'could not purge old idempotency keys')),
  ).unref();

  return {
    async begin(userId, key, fingerprint) {
      for (let attempts = 0; attempts < TRIES; attempts += 1) {
        const attempt = randomUUID();
        // R1, R2: inserted or taken over in one statement, or owned by another request.
        const inserted = await orm.query(
          `insert into idempotency_keys as k (user_id, key, fingerprint, attempt, started_at)
           values ($1, $2, $3, $4, $5)
           on conflict (user_id, key) do update
              set fingerprint = excluded.fingerprint, attempt = excluded.attempt, started_at = excluded.started_at,
                  status = null, headers = null, body = null
            where k.started_at < $6
               or (k.status is null and k.started_at < $7 and k.fingerprint = excluded.fingerprint)
           returning 1`,
          [userId, key, Buffer.from(fingerprint), attempt, ago(0), ago(EXPIRE_MS), ago(DEAD_MS)],
        );
        if (inserted.length > 0) return { state: 'started', attempt };
        const [row] = await orm.query<Row>(
          'select fingerprint, status, headers, body from idempotency_keys where user_id = $1 and key = $2',
          [userId, key],
        );
        if (!row) continue;
        if (!row.fingerprint.equals(fingerprint)) return { state: 'mismatch' };
        if (row.status === null) return { state: 'running' };
        const { status, headers, body } = row;
        return { state: 'completed', response: { status, headers: headers ?? {}, body: body ?? undefined } };
      }
      return { state: 'running' };
    },

    async complete(userId, key, attempt, { status, headers, body }) {
      await orm.query(
        `update idempotency_keys set status = $4, headers = $5, body = $6
          where user_id = $1 and key = $2 and attempt = $3`,
        [userId, key, attempt, status, JSON.stringify(headers), body ? Buffer.from(body) : null],
      );
    },

    async abandon(userId, key, attempt) {
      await orm.query('delete from idempotency_keys where user_id = $1 and key = $2 and attempt = $3', [
        userId,
        key,
        attempt,
      ]);
    },

    purge,
    close: () => clearInterval(timer),
  };
}
