/**
 * Routes reads: to a replica that has replayed what the session wrote and is not far behind, else to the primary. Lists,
 * search, history and the audit trail use it; checks of access never do (I6).
 *
 *   replica.ts  one replica   write-positions.ts  last write of a session   lsn.ts  positions in the WAL
 *
 * No clock of another machine counts: a replica is behind when it has not replayed what the primary had written
 * `maxLagMs` ago, or, until this node has run so long, what the primary had written at the first probe.
 */
import type { Clock } from '../../../lib/clock.ts';
import { answerWithin } from '../../../lib/deadline.ts';
import type { Logger } from '../../../lib/logger.ts';
import { ticking } from '../../../lib/timers.ts';
import { type Lsn, MAX_LSN, parseLsn } from './lsn.ts';
import { Replica } from './replica.ts';
import { createWritePositions, type PositionStore } from './write-positions.ts';

export interface ReadResult<Row> {
  rows: Row[];
  /** A replica's rows may be a moment old: access is checked at the primary. */
  from: 'primary' | 'replica';
}

export interface ReplicaReads {
  /**
   * One SELECT.
   * @param credentialId session or token: its own writes are visible to it. Undefined: no writes have to be.
   * @param isEnough false for the rows of a replica: the primary is asked too, and may have more
   */
  query<Row extends object>(
    credentialId: string | undefined,
    sql: string,
    values: readonly unknown[],
    isEnough?: (rows: readonly Row[]) => boolean,
  ): Promise<ReadResult<Row>>;
  /**
   * A session or token has just committed something through this node. Resolves when its next read, at any node, will
   * see it. Never rejects: while the position is unknown, its reads go to the primary. Undefined without replicas.
   */
  readonly recordWrite: ((credentialId: string) => Promise<void>) | undefined;
  /** Replicas in use. */
  count(): number;
  close(): Promise<void>;
}

export interface Primary {
  query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface ReplicaReadsOptions {
  primary: Primary;
  replicaUrls: readonly string[];
  /** An ioredis client, when the node has one. */
  store: PositionStore | undefined;
  keyPrefix: string;
  clock: Clock;
  log: Logger;
  /** Connections to each replica. */
  poolSize: number;
  statementTimeoutMs: number;
  /** Milliseconds that a replica may be behind. */
  maxLagMs: number;
  /** Milliseconds between probes of each replica. */
  probeMs: number;
}

/** The primary's position at a moment. */
interface Sample {
  at: number;
  lsn: Lsn;
}

/** A write waits so long for its position, milliseconds. */
const POSITION_MS = 500;
const REMEMBERED_MS = 60_000;

const POSITION = `
  select pg_current_wal_lsn()::text as lsn, (select system_identifier::text from pg_control_system()) as system`;

/** All reads at the primary. */
export const primaryReads = (primary: Primary): ReplicaReads => ({
  query: async (_credentialId, sql, values) => ({ rows: await primary.query(sql, values), from: 'primary' }),
  recordWrite: undefined,
  count: () => 0,
  close: async () => {},
});

export function createReplicaReads(options: ReplicaReadsOptions): ReplicaReads {
  const { primary, clock, log, maxLagMs, probeMs } = options;
  if (options.replicaUrls.length === 0) return primaryReads(primary);
  const replicas = options.replicaUrls.map((url) => new Replica({ ...options, url }));
  const rememberedMs = Math.max(REMEMBERED_MS, maxLagMs * 2);
  const writes = createWritePositions({ ...options, now: clock.now, rememberedMs });
  const probing = new Set<Replica>();
  let samples: Sample[] = [];
  /** The primary's system identifier; no replica is used before it is known. */
  let system: string | undefined;
  /** A replica that has not replayed this is too far behind. */
  let least: Lsn = MAX_LSN;
  let turn = 0;
  let isLost = false;

  async function position(): Promise<Lsn> {
    const [row] = await primary.query<{ lsn: string; system: string }>(POSITION, []);
    if (!row) throw new Error('the primary does not report its position');
    system = row.system;
    return parseLsn(row.lsn);
  }

  async function sample(): Promise<Lsn | undefined> {
    try {
      const lsn = await position();
      const at = clock.now();
      // The clock was set back: the ages of the samples are unknown.
      if (at < (samples.at(-1)?.at ?? at)) samples = [];
      samples.push({ at, lsn });
      const last = samples.findLastIndex((one) => one.at <= at - maxLagMs);
      if (last > 0) samples = samples.slice(last);
      least = samples[0]?.lsn ?? MAX_LSN;
      isLost = false;
      return lsn;
    } catch (error) {
      // While the primary is away replicas serve on, by its last known position.
      if (!isLost) log.warn({ err: error }, 'the primary does not report its position');
      isLost = true;
      return undefined;
    }
  }

  async function probe(replica: Replica): Promise<void> {
    if (probing.has(replica)) return;
    probing.add(replica);
    try {
      const position = await replica.probe();
      // Read after the replica's: one that is ahead of it has a history of its own.
      const now = await sample();
      if (!position || system === undefined) return;
      if (position.system !== system) replica.exclude('it belongs to another cluster');
      else if (now !== undefined && position.lsn > now) replica.exclude('it is ahead of the primary: another history');
      else replica.replayedTo(position.lsn, position.lsn < least);
    } finally {
      probing.delete(replica);
    }
  }

  const has = (replica: Replica, wanted: Lsn) => replica.replayed !== undefined && replica.replayed >= wanted;

  /** The same replica for a session while it serves: what the session has seen does not vanish with the next read. */
  function choose(credentialId: string | undefined, wanted: Lsn): Replica | undefined {
    turn += 1;
    const first = credentialId === undefined ? turn : hash(credentialId);
    for (let step = 0; step < replicas.length; step += 1) {
      const replica = replicas[(first + step) % replicas.length];
      if (replica && has(replica, wanted)) return replica;
    }
    return undefined;
  }

  /** @returns undefined when the primary has to answer */
  async function atReplica<Row extends object>(
    credentialId: string | undefined,
    sql: string,
    values: readonly unknown[],
  ): Promise<Row[] | undefined> {
    if (!replicas.some((replica) => has(replica, least))) return undefined;
    const written = credentialId === undefined ? 0n : await writes.positionOf(credentialId);
    const wanted = written > least ? written : least;
    const replica = choose(credentialId, wanted);
    if (!replica || system === undefined) return undefined;
    try {
      return await replica.query<Row>({ system, lsn: wanted }, sql, values);
    } catch (error) {
      // A replica cancels reads that delay its replay, may lack a migration, and may die.
      log.debug({ replica: replica.name, err: error }, 'read retried at the primary');
      return undefined;
    }
  }

  const probeAll = () => Promise.all([...replicas.map(probe), writes.resend()]);
  const timer = ticking(probeMs, 'read replicas', log, probeAll).unref();
  probeAll().catch((error: unknown) => log.error({ err: error }, 'read replicas: the first probe failed'));

  return {
    async query<Row extends object>(
      credentialId: string | undefined,
      sql: string,
      values: readonly unknown[],
      isEnough: (rows: readonly Row[]) => boolean = () => true,
    ): Promise<ReadResult<Row>> {
      const rows = await atReplica<Row>(credentialId, sql, values);
      if (rows && isEnough(rows)) return { rows, from: 'replica' };
      return { rows: await primary.query<Row>(sql, values), from: 'primary' };
    },
    async recordWrite(credentialId) {
      const lsn = await answerWithin(position(), POSITION_MS).catch((error: unknown) => {
        log.warn({ err: error }, 'the position of a write is unknown: its session reads from the primary');
        return MAX_LSN;
      });
      await writes.record(credentialId, lsn);
    },
    count: () => replicas.filter((replica) => has(replica, least)).length,
    async close() {
      clearInterval(timer);
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}
