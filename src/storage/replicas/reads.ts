/**
 * Where a read goes: to a replica that has all that the asker wrote and is not far behind, else to the primary. Lists,
 * search, history and the audit trail ask here; what decides about access never does (I6).
 *
 *   replica.ts  one replica   writes.ts  what a session wrote   lsn.ts  positions in the log
 */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { type Lsn, parseLsn } from './lsn.ts';
import { Replica } from './replica.ts';
import { createWrites, type WritesStore } from './writes.ts';

export interface Reads {
  /**
   * One SELECT.
   * @param holder session or token that asks: it sees what it wrote. Undefined: nobody's own writes matter.
   */
  query<Row extends object>(holder: string | undefined, sql: string, values: readonly unknown[]): Promise<Row[]>;
  /** A session or token has just committed something through this node. Resolves when its next read will see it. */
  wrote(holder: string): Promise<void>;
  /** Replicas in use. */
  count(): number;
  close(): Promise<void>;
}

export interface ReadsOptions {
  primary: { query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> };
  replicaUrls: readonly string[];
  /** An ioredis client, when the node has one. */
  store: WritesStore | undefined;
  keyPrefix: string;
  clock: Clock;
  log: Logger;
  poolSize: number;
  statementTimeoutMs: number;
  /** Milliseconds that a replica may be behind. */
  maxLagMs: number;
  probeMs: number;
}

/** The primary's position at a moment. */
interface Sample {
  at: number;
  lsn: Lsn;
}

const CURRENT_LSN = 'select pg_current_wal_lsn()::text as lsn';

export function createReads(options: ReadsOptions): Reads {
  const { primary, clock, log, maxLagMs, probeMs } = options;
  if (options.replicaUrls.length === 0) {
    return {
      query: (_holder, sql, values) => primary.query(sql, values),
      wrote: async () => {},
      count: () => 0,
      close: async () => {},
    };
  }
  const replicas = options.replicaUrls.map((url) => new Replica({ ...options, url }));
  const writes = createWrites(options.store, options.keyPrefix, clock.now);
  let samples: Sample[] = [];
  let turn = 0;
  let probing = false;

  async function currentLsn(): Promise<Lsn> {
    const [row] = await primary.query<{ lsn: string }>(CURRENT_LSN, []);
    return parseLsn(row?.lsn ?? '');
  }

  async function probe(): Promise<void> {
    if (probing) return;
    probing = true;
    try {
      // Replicas serve while the primary is away: what is known of its position then is the last word.
      const lsn = await currentLsn().catch(() => undefined);
      const at = clock.now();
      if (lsn !== undefined) samples = [...samples.filter((sample) => at - sample.at <= maxLagMs * 2), { at, lsn }];
      await Promise.all(replicas.map((replica) => replica.probe()));
    } finally {
      probing = false;
    }
  }

  /** What a replica must have replayed not to be too far behind: where the primary was `maxLagMs` ago. */
  function leastReplayed(): Lsn {
    const before = clock.now() - maxLagMs;
    return samples.findLast((sample) => sample.at <= before)?.lsn ?? 0n;
  }

  function choose(wanted: Lsn): Replica | undefined {
    turn += 1;
    for (let step = 0; step < replicas.length; step += 1) {
      const replica = replicas[(turn + step) % replicas.length];
      if (replica?.replayed !== undefined && replica.replayed >= wanted) return replica;
    }
    return undefined;
  }

  const timer = setInterval(() => void probe(), probeMs);
  void probe();

  return {
    async query<Row extends object>(holder: string | undefined, sql: string, values: readonly unknown[]) {
      const written = holder === undefined ? undefined : await writes.lastWrite(holder);
      const least = leastReplayed();
      const wanted = written === undefined || written === 'unknown' || written < least ? least : written;
      const replica = written === 'unknown' ? undefined : choose(wanted);
      if (!replica) return primary.query<Row>(sql, values);
      try {
        return await replica.query<Row>(sql, values);
      } catch (error) {
        // A replica cancels reads that hold back its replay, and dies: the primary answers either way.
        replica.failed(error);
        log.debug({ replica: replica.name, error: String(error) }, 'read repeated at the primary');
        return primary.query<Row>(sql, values);
      }
    },
    async wrote(holder) {
      writes.wrote(holder, await currentLsn());
    },
    count: () =>
      replicas.filter((replica) => replica.replayed !== undefined && replica.replayed >= leastReplayed()).length,
    async close() {
      clearInterval(timer);
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}
