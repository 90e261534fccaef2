/** What each phase of a node's start gets besides the parts that it builds on. */
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { PostgresJournal } from '../storage/postgres/journal/index.ts';
import { Drain } from './drain.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { Parts } from './parts.ts';

/** Parts that a test replaces, to prove that its checks can fail. */
export interface Replacements {
  journal?: (journal: PostgresJournal) => PostgresJournal;
  cluster?: (cluster: Cluster) => Cluster;
  /** Milliseconds between looks at what changed in the database: so many that notices alone count, or few. */
  recheckMs?: number;
}

export type NodeConfig = Config & { databaseUrl: string };

export interface NodeContext {
  readonly config: NodeConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly drain: Drain;
  /** Takes each part's release as soon as the part exists. */
  readonly parts: Parts;
  readonly replacements: Replacements;
}

export function createContext(config: NodeConfig, log: Logger, replacements: Replacements): NodeContext {
  return {
    config,
    log,
    clock: { now: Date.now },
    metrics: createMetrics(),
    drain: new Drain(config.drainMs, () => performance.now()),
    parts: new Parts(),
    replacements,
  };
}
