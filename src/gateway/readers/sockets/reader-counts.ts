/**
 * How many read a document now, over all nodes. Each node publishes its own numbers, changes soon and all of them every few
 * seconds: a lost message is made up for by the next (I7), and a node that stops sending is no longer counted.
 */
import type { Logger } from '../../../lib/logger.ts';
import { periodic } from '../../../lib/periodic.ts';
import type { Cluster } from '../../../ports/cluster.ts';

export interface ReaderCountsOptions {
  cluster: Pick<Cluster, 'nodeId' | 'publish' | 'subscribe' | 'liveness'>;
  /** Milliseconds between changes, and between full reports. */
  changesMs: number;
  fullMs: number;
  /** The number of a document that has readers here has changed. */
  onChanged(documentId: string, count: number): void;
  log: Logger;
}

export interface ReaderCounts {
  /** One more here, or one less. */
  add(documentId: string, change: 1 | -1): void;
  /** Readers on all nodes, by their last reports. */
  of(documentId: string): number;
  close(): void;
}

/** On the channel `reading`. */
interface CountReport {
  node: string;
  /** All counts of the node; else those that changed. */
  full: boolean;
  counts: [documentId: string, count: number][];
}

const CHANNEL = 'reading';
/** Of documents in one message. // I9: */
const MAX_COUNTS = 2_000;
/** Full reports that a node may miss. */
const MISSED = 2.5;

export function createReaderCounts({ cluster, changesMs, fullMs, onChanged, log }: ReaderCountsOptions): ReaderCounts {
  const here = new Map<string, number>();
  const notified = new Map<string, number>();
  const changed = new Set<string>();
  const nodes = new Map<string, { reportedAt: number; counts: Map<string, number> }>();

  function publish(full: boolean, counts: CountReport['counts']): void {
    for (let at = 0; at === 0 || at < counts.length; at += MAX_COUNTS) {
      const report: CountReport = {
        node: cluster.nodeId,
        full: full && at === 0,
        counts: counts.slice(at, at + MAX_COUNTS),
      };
      cluster.publish(CHANNEL, report);
    }
  }

  function of(documentId: string): number {
    let count = here.get(documentId) ?? 0;
    for (const { counts } of nodes.values()) count += counts.get(documentId) ?? 0;
    return count;
  }

  function forget(node: string): void {
    for (const documentId of nodes.get(node)?.counts.keys() ?? []) changed.add(documentId);
    nodes.delete(node);
  }

  const stop = cluster.subscribe(CHANNEL, (value) => {
    const { node, full, counts } = value as CountReport;
    if (node === cluster.nodeId) return;
    const before = nodes.get(node)?.counts ?? new Map<string, number>();
    const now = full ? new Map<string, number>() : before;
    for (const [documentId, count] of counts) {
      if (before.get(documentId) !== count) changed.add(documentId);
      if (count > 0) now.set(documentId, count);
      else now.delete(documentId);
    }
    if (full) for (const documentId of before.keys()) if (!now.has(documentId)) changed.add(documentId);
    nodes.set(node, { reportedAt: performance.now(), counts: now });
  });

  const dirty = new Set<string>();
  const changes = periodic(changesMs, 'changed numbers of readers', log, async () => {
    if (dirty.size > 0)
      publish(
        false,
        [...dirty].map((documentId) => [documentId, here.get(documentId) ?? 0]),
      );
    dirty.clear();
    for (const documentId of changed) {
      const count = of(documentId);
      if (!here.has(documentId)) notified.delete(documentId);
      else if (notified.get(documentId) !== count) {
        notified.set(documentId, count);
        onChanged(documentId, count);
      }
    }
    changed.clear();
  });
  const reports = periodic(fullMs, 'numbers of readers', log, async () => {
    const silent = performance.now() - fullMs * MISSED;
    for (const [node, { reportedAt }] of nodes) {
      if (reportedAt < silent || cluster.liveness(node) === 'dead') forget(node);
    }
    publish(true, [...here]);
  });

  return {
    add(documentId, change) {
      const count = (here.get(documentId) ?? 0) + change;
      if (count > 0) here.set(documentId, count);
      else here.delete(documentId);
      dirty.add(documentId);
      changed.add(documentId);
    },
    of,
    close() {
      void changes.stop();
      void reports.stop();
      stop();
      publish(true, []);
    },
  };
}
