/**
 * Where a read goes: to a replica that has all that the asker wrote and is not far behind, else to the primary. Lists,
 * search, history and the audit trail ask here; what decides about access never does (I6).
 *
 *   replica.ts  one replica   writes.ts  what a session wrote   lsn.ts  positions in the log
 *
 * No clock of another machine counts: a replica is behind when it has not replayed what the primary had written
 * `maxLagMs` ago, or, until this node has run so long, what it had when this node first looked.
 */
import type { Clock } from '../../../lib/clock.ts';
import { answerWithin } from '../../../lib/deadline.ts';
import type { Logger } from '../../../lib/logger.ts';
import { ticking } from '../../../lib/timers.ts';
import { BEYOND, type Lsn, parseLsn } from './lsn.ts';
import { Replica } from './replica.ts';
import { createWrites, type WritesStore } from './write-positions.ts';

export interface Answer<Row> {
  rows: Row[];
  /** A replica's rows are as of a moment ago: who may see them is the primary's to say. */
  from: 'primary' | 'replica';
}

export interface Reads {
  /**
   * One SELECT.
   * @param holder session or token that asks: it sees what it wrote. Undefined: nobody's own writes matter.
   * @param isEnough of what a replica found: false asks the primary too, which may know more
   */
  query<Row extends object>(
    holder: string | undefined,
    sql: string,
    values: readonly unknown[],
    isEnough?: (rows: readonly Row[]) => boolean,
  ): Promise<Answer<Row>>;
  /**
   * A session or token has just committed something through this node. Resolves when its next read, at any node, will
   * see it. Never rejects: what cannot be found out sends its reads to the primary. Undefined without replicas.
   */
  readonly recordWrite: ((holder: string) => Promise<void>) | undefined;
  /** Replicas in use. */
  count(): number;
  close(): Promise<void>;
}

export interface Primary {
  query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface ReadsOptions {
  primary: Primary;
  replicaUrls: readonly string[];
  /** An ioredis client, when the node has one. */
  store: WritesStore | undefined;
  keyPrefix: string;
  clock: Clock;
  log: Logger;
  /** Connections to each replica. */
  poolSize: number;
  statementTimeoutMs: number;
  /** Milliseconds that a replica may be behind. */
  maxLagMs: number;
  /** Milliseconds between two looks at each replica. */
  probeMs: number;
}

/** The primary's position at a moment. */
interface Sample {
  at: number;
  lsn: Lsn;
}

/** A write waits so long to learn its position. */
const POSITION_MS = 500;
const REMEMBERED_MS = 60_000;

const POSITION = `
  select pg_current_wal_lsn()::text as lsn, (select system_identifier::text from pg_control_system()) as system`;

/** All reads at the primary. */
export const primaryReads = (primary: Primary): Reads => ({
  query: async (_holder, sql, values) => ({ rows: await primary.query(sql, values), from: 'primary' }),
  recordWrite: undefined,
  count: () => 0,
  close: async () => {},
});

export function createReads(options: ReadsOptions): Reads {
  const { primary, clock, log, maxLagMs, probeMs } = options;
  if (options.replicaUrls.length === 0) return primaryReads(primary);
  const replicas = options.replicaUrls.map((url) => new Replica({ ...options, url }));
  const rememberedMs = Math.max(REMEMBERED_MS, maxLagMs * 2);
  const writes = createWrites({ ...options, now: clock.now, rememberedMs });
  const probing = new Set<Replica>();
  let samples: Sample[] = [];
  /** The primary's cluster; until it is known no replica is used. */
  let system: string | undefined;
  /** What a replica must have replayed not to be too far behind. */
  let least: Lsn = BEYOND;
  let turn = 0;
  let isLost = false;

  async function position(): Promise<Lsn> {
    const [row] = await primary.query<{ lsn: string; system: string }>(POSITION, []);
    if (!row) throw new Error('the primary does not say how far it is');
    system = row.system;
    return parseLsn(row.lsn);
  }

  async function sample(): Promise<Lsn | undefined> {
    try {
      const lsn = await position();
      const at = clock.now();
      // A clock that was set back: what is older than what is not known any more.
      if (at < (samples.at(-1)?.at ?? at)) samples = [];
      samples.push({ at, lsn });
      const last = samples.findLastIndex((one) => one.at <= at - maxLagMs);
      if (last > 0) samples = samples.slice(last);
      least = samples[0]?.lsn ?? BEYOND;
      isLost = false;
      return lsn;
    } catch (error) {
      // Replicas serve on while the primary is away: what is known of it then is the last word.
      if (!isLost) log.warn({ err: error }, 'the primary does not say how far it is');
      isLost = true;
      return undefined;
    }
  }

  async function probe(replica: Replica): Promise<void> {
    if (probing.has(replica)) return;
    probing.add(replica);
    try {
      const place = await replica.look();
      // Asked after the replica: one that is ahead of this has written for itself.
      const now = await sample();
      if (!place || system === undefined) return;
      if (place.system !== system) replica.leaveOut('it belongs to another cluster');
      else if (now !== undefined && place.lsn > now) replica.leaveOut('it is ahead of the primary: another history');
      else replica.found(place.lsn, place.lsn < least);
    } finally {
      probing.delete(replica);
    }
  }

  const has = (replica: Replica, wanted: Lsn) => replica.replayed !== undefined && replica.replayed >= wanted;

  /** The same one for a holder as long as it will do: what it has seen does not vanish with the next answer. */
  function choose(holder: string | undefined, wanted: Lsn): Replica | undefined {
    turn += 1;
    const first = holder === undefined ? turn : hash(holder);
    for (let step = 0; step < replicas.length; step += 1) {
      const replica = replicas[(first + step) % replicas.length];
      if (replica && has(replica, wanted)) return replica;
    }
    return undefined;
  }

  /** @returns undefined when the primary has to answer */
  async function atReplica<Row extends object>(
    holder: string | undefined,
    sql: string,
    values: readonly unknown[],
  ): Promise<Row[] | undefined> {
    if (!replicas.some((replica) => has(replica, least))) return undefined;
    const written = holder === undefined ? 0n : await writes.lastWrite(holder);
    const wanted = written > least ? written : least;
    const replica = choose(holder, wanted);
    if (!replica || system === undefined) return undefined;
    try {
      return await replica.query<Row>({ system, lsn: wanted }, sql, values);
    } catch (error) {
      // A replica cancels reads that hold back its replay, lacks what a migration made, and dies.
      log.debug({ replica: replica.name, err: error }, 'read repeated at the primary');
      return undefined;
    }
  }

  const lookAround = () => Promise.all([...replicas.map(probe), writes.retell()]);
  const timer = ticking(probeMs, 'read replicas', log, lookAround).unref();
  lookAround().catch((error: unknown) => log.error({ err: error }, 'read replicas: the first look failed'));

  return {
    async query<Row extends object>(
      holder: string | undefined,
      sql: string,
      values: readonly unknown[],
      isEnough: (rows: readonly Row[]) => boolean = () => true,
    ): Promise<Answer<Row>> {
      const rows = await atReplica<Row>(holder, sql, values);
      if (rows && isEnough(rows)) return { rows, from: 'replica' };
      return { rows: await primary.query<Row>(sql, values), from: 'primary' };
    },
    async recordWrite(holder) {
      const lsn = await answerWithin(position(), POSITION_MS).catch((error: unknown) => {
        log.warn({ err: error }, 'a write has no known position: its holder reads at the primary');
        return BEYOND;
      });
      await writes.recordWrite(holder, lsn);
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
