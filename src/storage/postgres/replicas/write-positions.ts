/**
 * The WAL position of each session's last write, so that it reads its own writes on any node. Kept in this process and,
 * where there is one, in Redis. While Redis does not answer, positions are unknown and the primary serves the reads; what
 * could not be sent to Redis is sent once it is back. A Redis that loses its data forgets the writes at other nodes.
 */
import { answerWithin } from '../../../lib/deadline.ts';
import { fromSortable, type Lsn, MAX_LSN, sortable } from './lsn.ts';

/** The commands of ioredis that are used here. */
export interface PositionStore {
  get(key: string): Promise<string | null>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

export interface WritePositions {
  /** Resolves when other nodes can read it; never rejects. */
  record(credentialId: string, lsn: Lsn): Promise<void>;
  /** 0: no recent write. `MAX_LSN`: unknown. */
  positionOf(credentialId: string): Promise<Lsn>;
  /** Sends what could not be sent before; never rejects. */
  resend(): Promise<void>;
}

export interface WritePositionsOptions {
  store: PositionStore | undefined;
  keyPrefix: string;
  now(): number;
  /** Milliseconds after which every replica in use has replayed a write. */
  rememberedMs: number;
}

const CAPACITY = 20_000;
/** Every list reads Redis and every write writes to it: without an answer in so many milliseconds it counts as away. */
const STORE_MS = 250;

/** Two nodes may send writes of one session in the wrong order: the later position stays. */
const KEEP_LATER = `
  local known = redis.call('GET', KEYS[1])
  if known and known > ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1`;

export function createWritePositions({ store, keyPrefix, now, rememberedMs }: WritePositionsOptions): WritePositions {
  const local = new Map<string, { lsn: Lsn; at: number }>();
  const unsent = new Set<string>();
  const keyOf = (credentialId: string) => `${keyPrefix}wrote:${credentialId}`;
  const isRecent = (entry: { at: number } | undefined) => entry !== undefined && now() - entry.at < rememberedMs;

  async function send(credentialId: string, lsn: Lsn): Promise<boolean> {
    if (!store) return true;
    try {
      await answerWithin(store.eval(KEEP_LATER, 1, keyOf(credentialId), sortable(lsn), rememberedMs), STORE_MS);
      unsent.delete(credentialId);
      return true;
    } catch {
      unsent.add(credentialId);
      return false;
    }
  }

  return {
    async record(credentialId, lsn) {
      const known = local.get(credentialId);
      const later = known && isRecent(known) && known.lsn > lsn ? known.lsn : lsn;
      local.delete(credentialId);
      local.set(credentialId, { lsn: later, at: now() });
      const [oldest] = local.keys();
      if (local.size > CAPACITY && oldest !== undefined) {
        local.delete(oldest);
        unsent.delete(oldest);
      }
      await send(credentialId, later);
    },

    async positionOf(credentialId) {
      const known = local.get(credentialId);
      const here = known && isRecent(known) ? known.lsn : 0n;
      if (!store) return here;
      try {
        const text = await answerWithin(store.get(keyOf(credentialId)), STORE_MS);
        const there = text === null ? 0n : fromSortable(text);
        return here > there ? here : there;
      } catch {
        return MAX_LSN;
      }
    },

    async resend() {
      for (const credentialId of [...unsent]) {
        const known = local.get(credentialId);
        if (!known || !isRecent(known)) unsent.delete(credentialId);
        else if (!(await send(credentialId, known.lsn))) return;
      }
    },
  };
}
