/** What the node counts, in Prometheus' form. The parts report through the small interfaces made here. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DocumentMetrics } from '../actors/document/ports.ts';
import type { ClusterEvent } from '../cluster/redis/events.ts';
import type { PublicCacheMetrics } from '../published/cache.ts';

export interface Metrics {
  readonly documents: DocumentMetrics;
  journalBatch(entries: number, documents: number, seconds: number): void;
  readonly publicCache: PublicCacheMetrics;
  cluster(event: ClusterEvent): void;
  /** Reads a gauge when it is asked for. */
  watch(name: string, help: string, read: () => number): void;
  /** The same for a gauge with one label: its values and their figures. */
  watchBy(name: string, help: string, label: string, read: () => ReadonlyMap<string, number>): void;
  /** The exposition text and its content type. */
  expose(): Promise<{ text: string; contentType: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const acks = new Counter({ name: 'stet_acks_total', help: 'Edits acknowledged after their commit', registers });
  const claims = new Counter({ name: 'stet_claims_total', help: 'Documents claimed', registers });
  const restarts = new Counter({ name: 'stet_document_restarts_total', help: 'Crashes of document actors', registers });
  const refusals = new Counter({
    name: 'stet_appends_refused_total',
    help: 'Appends of single documents that the database rejected',
    registers,
  });
  // Counted for each page that is served: a number costs less than a labelled counter.
  const publicReads = new Map<Parameters<PublicCacheMetrics['read']>[0], number>();
  new Counter({
    name: 'stet_public_reads_total',
    help: 'Published pages read, by source',
    labelNames: ['source'],
    registers,
    collect() {
      this.reset();
      for (const [source, count] of publicReads) this.inc({ source }, count);
    },
  });
  const batchEntries = new Histogram({
    name: 'stet_journal_batch_entries',
    help: 'Updates in one group commit',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024],
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'stet_journal_commit_seconds',
    help: 'Duration of one group commit',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers,
  });
  const calls = new Counter({
    name: 'stet_forwarded_calls_total',
    help: 'Calls to other nodes',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const clusterEvents = new Counter({
    name: 'stet_cluster_events_total',
    help: 'Cluster events',
    labelNames: ['kind'],
    registers,
  });

  return {
    documents: {
      acked: (count) => acks.inc(count),
      claimed: () => claims.inc(),
      restarted: () => restarts.inc(),
      refused: () => refusals.inc(),
    },
    journalBatch(entries, _documents, seconds) {
      batchEntries.observe(entries);
      commitSeconds.observe(seconds);
    },
    publicCache: { read: (source) => void publicReads.set(source, (publicReads.get(source) ?? 0) + 1) },
    cluster(event) {
      if (event.kind === 'call') calls.inc({ method: event.method, outcome: event.outcome });
      else clusterEvents.inc({ kind: event.kind });
    },
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    watchBy(name, help, label, read) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          for (const [value, figure] of read()) this.set({ [label]: value }, figure);
        },
      });
    },
    async expose() {
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}
