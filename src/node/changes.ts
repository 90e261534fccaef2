/** What changed in access and publications, asked of the database once for all that is open on the node. */
import type { ChangeFeed } from '../ports/changes.ts';
import { createChangeLog } from '../storage/postgres/access-changes.ts';
import type { Orm } from '../storage/postgres/orm.ts';
import { createChangeFeed } from './change-feed.ts';
import type { NodeContext } from './context.ts';
import { CHANGES } from './settings.ts';

export interface NodeChanges {
  feed: ChangeFeed;
  /** Milliseconds between two looks. */
  pollMs: number;
  /** Forgets changes that every node has read long ago. */
  purge(): Promise<unknown>;
}

export function followChanges({ log, parts, replacements }: NodeContext, orm: Orm): NodeChanges {
  const now = () => performance.now();
  const source = createChangeLog(orm, now);
  const pollMs = replacements.recheckMs ?? CHANGES.pollMs;
  const feed = createChangeFeed({ source, ...CHANGES, pollMs, now, log });
  parts.add('change feed', () => feed.close());
  return { feed, pollMs, purge: source.purge };
}
