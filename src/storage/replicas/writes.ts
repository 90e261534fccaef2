/**
 * How far the log was when a session last wrote, so that it reads its own writes on any node. Kept in this process and,
 * where there is one, in Redis; when Redis cannot be asked, nobody knows, and the primary answers.
 */
import { type Lsn, parseLsn, writeLsn } from './lsn.ts';

export interface WritesStore {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, mode: 'PX', ms: number): Promise<unknown>;
}

export interface Writes {
  wrote(holder: string, lsn: Lsn): void;
  /** Undefined: it wrote nothing lately. `unknown`: ask the primary. */
  lastWrite(holder: string): Promise<Lsn | undefined | 'unknown'>;
}

/** Milliseconds after which a replica that is still in use has replayed a write. */
const REMEMBERED_MS = 60_000;
const CAPACITY = 20_000;

export function createWrites(store: WritesStore | undefined, keyPrefix: string, now: () => number): Writes {
  const local = new Map<string, { lsn: Lsn; at: number }>();
  const keyOf = (holder: string) => `${keyPrefix}wrote:${holder}`;

  return {
    wrote(holder, lsn) {
      local.delete(holder);
      local.set(holder, { lsn, at: now() });
      const [oldest] = local.keys();
      if (local.size > CAPACITY && oldest !== undefined) local.delete(oldest);
      store?.set(keyOf(holder), writeLsn(lsn), 'PX', REMEMBERED_MS).catch(() => {});
    },
    async lastWrite(holder) {
      const here = local.get(holder);
      const own = here && now() - here.at < REMEMBERED_MS ? here.lsn : undefined;
      if (!store) return own;
      try {
        const text = await store.get(keyOf(holder));
        const there = text === null ? undefined : parseLsn(text);
        return own !== undefined && (there === undefined || there < own) ? own : there;
      } catch {
        return 'unknown';
      }
    },
  };
}
