/**
 * Counts of all nodes in Redis. Each step is one script, so that a node that dies leaves either nothing or a whole batch.
 *
 * - COUNT1 a node's counts are added once, though it sends them again when it got no answer: they carry a number.
 * - COUNT2 cutting renames what was gathered: from then on nobody adds to it. Which batches are open is known until they are done.
 * - COUNT3 all keys end by themselves (I9): readers and salts after two days, batches after a week without a database.
 */
import type { Redis } from 'ioredis';
import type { Batch, CountStore, DayReaders } from '../../ports/counts.ts';

export interface RedisCountsOptions {
  store: Redis;
  keyPrefix: string;
  /** Of this process, for its life: the numbers of its counts begin anew with the next. */
  nodeId: string;
  newId(): string;
  newSalt(): string;
  /** Milliseconds between two batches, over all nodes. */
  batchMs: number;
  /** Milliseconds after which a batch that was cut counts as abandoned. */
  abandonedMs: number;
}

const TWO_DAYS_S = 172_800;
const WEEK_S = 604_800;
const NUMBER_KEPT_S = 3_600;

/**
 * KEYS: gathered, the node's number. ARGV: number, prefix of the readers' keys, how many documents; of each its id and views;
 * then of each day and document both, how many hashes, and these.
 */
const ADD = `
  if tonumber(redis.call('get', KEYS[2]) or '0') >= tonumber(ARGV[1]) then return 0 end
  redis.call('set', KEYS[2], ARGV[1], 'EX', ${NUMBER_KEPT_S})
  local at = 4
  for _ = 1, tonumber(ARGV[3]) do
    redis.call('hincrby', KEYS[1], 'v:' .. ARGV[at], ARGV[at + 1])
    at = at + 2
  end
  while at <= #ARGV do
    local name = ARGV[at] .. ':' .. ARGV[at + 1]
    local key = ARGV[2] .. name
    local hashes = tonumber(ARGV[at + 2])
    for n = at + 3, at + 2 + hashes do redis.call('pfadd', key, ARGV[n]) end
    redis.call('expire', key, ${TWO_DAYS_S})
    redis.call('hset', KEYS[1], 'r:' .. name, 1)
    at = at + 3 + hashes
  end
  return 1`;

/** KEYS: gathered, open batches, gate, the batch. ARGV: its id, milliseconds. */
const CUT = `
  if redis.call('exists', KEYS[1]) == 0 then return 0 end
  if not redis.call('set', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
  redis.call('rename', KEYS[1], KEYS[4])
  redis.call('expire', KEYS[4], ${WEEK_S})
  local time = redis.call('time')
  redis.call('zadd', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
  return 1`;

/** KEYS: open batches. ARGV: milliseconds. Those found are the finder's for as long. */
const ABANDONED = `
  local time = redis.call('time')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local ids = redis.call('zrangebyscore', KEYS[1], '-inf', now - ARGV[1], 'LIMIT', 0, 10)
  for _, id in ipairs(ids) do redis.call('zadd', KEYS[1], now, id) end
  return ids`;

export function createRedisCounts(options: RedisCountsOptions): CountStore {
  const { store, nodeId, newId, newSalt, batchMs, abandonedMs } = options;
  const prefix = `${options.keyPrefix}counts:`;
  const gathered = `${prefix}gathered`;
  const open = `${prefix}open`;
  const batchKey = (id: string) => `${prefix}batch:${id}`;
  const readersKey = `${prefix}readers:`;

  return {
    async salt(day) {
      const key = `${prefix}salt:${day}`;
      await store.set(key, newSalt(), 'EX', TWO_DAYS_S, 'NX');
      const salt = await store.get(key);
      if (salt === null) throw new Error('the salt of the day is gone');
      return salt;
    },

    async add(number, { views, readers }) {
      const values: (string | number)[] = [number, readersKey, views.size];
      for (const [documentId, n] of views) values.push(documentId, n);
      for (const { documentId, day, hashes } of readers) values.push(day, documentId, hashes.size, ...hashes);
      await store.eval(ADD, 2, gathered, `${prefix}node:${nodeId}`, ...values);
    },

    async cut() {
      const id = newId();
      const done = await store.eval(CUT, 4, gathered, open, `${prefix}gate`, batchKey(id), id, batchMs);
      return done === 1 ? id : undefined;
    },

    async abandoned() {
      return (await store.eval(ABANDONED, 1, open, abandonedMs)) as string[];
    },

    async read(id): Promise<Batch | undefined> {
      const fields = Object.entries(await store.hgetall(batchKey(id)));
      if (fields.length === 0) return undefined;
      const views = new Map<string, number>();
      const readers: DayReaders[] = [];
      for (const [field, value] of fields) {
        const name = field.slice(2);
        if (field.startsWith('v:')) {
          views.set(name, Number(value));
          continue;
        }
        const [day = '', documentId = ''] = name.split(':');
        readers.push({ day, documentId, readers: await store.pfcount(readersKey + name) });
      }
      return { views, readers };
    },

    async done(id) {
      await store.multi().del(batchKey(id)).zrem(open, id).exec();
    },
  };
}
