/**
 * How far the log was when a session last wrote, so that it reads its own writes on any node. Kept in this process and,
 * where there is one, in Redis. When Redis cannot be asked, nobody knows, and the primary answers; what could not be
 * told to Redis is told once it is back. A Redis that loses its memory forgets what was written at other nodes.
 */
import { answerWithin } from '../../../lib/deadline.ts';
import { BEYOND, fromSortable, type Lsn, sortable } from './lsn.ts';

/** The commands of ioredis that are used here. */
export interface WritesStore {
  get(key: string): Promise<string | null>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

export interface Writes {
  /** Resolves when the other nodes can know; never rejects. */
  recordWrite(holder: string, lsn: Lsn): Promise<void>;
  /** 0: it wrote nothing lately. `BEYOND`: nobody knows. */
  lastWrite(holder: string): Promise<Lsn>;
  /** Tells what could not be told before; never rejects. */
  retell(): Promise<void>;
}

export interface WritesOptions {
  store: WritesStore | undefined;
  keyPrefix: string;
  now(): number;
  /** Milliseconds after which every replica in use has replayed a write. */
  rememberedMs: number;
}

const CAPACITY = 20_000;
/** Redis is asked by every list and told by every write: so many milliseconds, then it counts as away. */
const STORE_MS = 250;

/** Two writes of a session may be told in the wrong order, by two nodes: the later position stays. */
const KEEP_LATER = `
  local known = redis.call('GET', KEYS[1])
  if known and known > ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1`;

export function createWrites({ store, keyPrefix, now, rememberedMs }: WritesOptions): Writes {
  const local = new Map<string, { lsn: Lsn; at: number }>();
  const untold = new Set<string>();
  const keyOf = (holder: string) => `${keyPrefix}wrote:${holder}`;
  const isRecent = (entry: { at: number } | undefined) => entry !== undefined && now() - entry.at < rememberedMs;

  async function tell(holder: string, lsn: Lsn): Promise<boolean> {
    if (!store) return true;
    try {
      await answerWithin(store.eval(KEEP_LATER, 1, keyOf(holder), sortable(lsn), rememberedMs), STORE_MS);
      untold.delete(holder);
      return true;
    } catch {
      untold.add(holder);
      return false;
    }
  }

  return {
    async recordWrite(holder, lsn) {
      const known = local.get(holder);
      const later = known && isRecent(known) && known.lsn > lsn ? known.lsn : lsn;
      local.delete(holder);
      local.set(holder, { lsn: later, at: now() });
      const [oldest] = local.keys();
      if (local.size > CAPACITY && oldest !== undefined) {
        local.delete(oldest);
        untold.delete(oldest);
      }
      await tell(holder, later);
    },

    async lastWrite(holder) {
      const known = local.get(holder);
      const here = known && isRecent(known) ? known.lsn : 0n;
      if (!store) return here;
      try {
        const text = await answerWithin(store.get(keyOf(holder)), STORE_MS);
        const there = text === null ? 0n : fromSortable(text);
        return here > there ? here : there;
      } catch {
        return BEYOND;
      }
    },

    async retell() {
      for (const holder of [...untold]) {
        const known = local.get(holder);
        if (!known || !isRecent(known)) untold.delete(holder);
        else if (!(await tell(holder, known.lsn))) return;
      }
    },
  };
}
