/**
 * Asks the database every so often what changed, once for all who have something open on this node, and hands it to them.
 * What is open costs nothing while nothing changes; everything is compared rarely, and whenever it is not known what changed.
 * Knows neither users nor pages.
 */

import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import type { ChangeFeed, ChangeLog, ChangePosition, Changes, ChangesListener, ReadChange } from '../ports/changes.ts';

export interface ChangeFeedOptions {
  source: Pick<ChangeLog, 'since'>;
  pollMs: number;
  /** Milliseconds from one comparison of everything to the next. */
  sweepMs: number;
  /** Monotonic milliseconds. */
  now: () => number;
  log: Logger;
}

/**
 * A change is named for so long, milliseconds: what was read just before it may be entered just after it, from a cache or
 * from a database that is behind.
 */
export const NAMED_MS = 2_000;

export function createChangeFeed({ source, pollMs, sweepMs, now, log }: ChangeFeedOptions): ChangeFeed & {
  close(): void;
} {
  const listeners = new Set<ChangesListener>();
  let position: ChangePosition | undefined;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let isSweepDue = true;
  let isAway = false;
  let recent: (ReadChange & { at: number })[] = [];

  /** Undefined: the database could not be read. */
  async function read(askedAt: number): Promise<Changes | undefined> {
    try {
      const found = await source.since(position);
      position = found.position;
      recent = recent.filter(({ at }) => askedAt - at < NAMED_MS);
      for (const change of found.changes ?? []) recent.push({ at: askedAt, ...change });
      if (isAway) log.info({}, 'reading access changes again');
      isAway = false;
      if (found.changes === undefined) isSweepDue = true;
    } catch (error) {
      // The position stays: what was committed meanwhile is read when it can be.
      if (!isAway) log.warn({ err: error }, 'could not read access changes');
      isAway = true;
      return undefined;
    }
    return {
      everything: isSweepDue || askedAt - sweptAt >= sweepMs,
      users: new Set(recent.flatMap(({ userId }) => userId ?? [])),
      documents: new Set(recent.flatMap(({ documentId }) => documentId ?? [])),
      lists: recent.some(({ changesLists }) => changesLists),
    };
  }

  async function round(): Promise<void> {
    const askedAt = now();
    const changes = await read(askedAt);
    if (!changes) return;
    const heard = await Promise.allSettled([...listeners].map((listener) => listener(changes, askedAt)));
    isSweepDue = heard.some(({ status }) => status === 'rejected');
    if (changes.everything && !isSweepDue) sweptAt = askedAt;
    for (const one of heard) {
      if (one.status === 'rejected')
        log.warn({ err: one.reason as unknown }, 'could not recheck access to open documents');
    }
  }

  const rounds = periodic(pollMs, 'access changes', log, round);
  // Where to begin: what changes from now on is read.
  void rounds.runNow();
  return {
    pollMs,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
      void rounds.stop();
    },
  };
}
