/**
 * What a node does besides answering: covers edits with audit events, keeps search up to date, publishes on time, sends
 * webhooks, and tidies up. Every node does all of it; who does a piece of work is decided in the database.
 */
import type { Config } from '../config/config.ts';
import { renderText } from '../content/model/text.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import { createProjector } from '../publishing/projector.ts';
import type { DraftContents, Publisher } from '../publishing/publisher.ts';
import { createScheduler } from '../publishing/scheduler.ts';
import { createUseRecorder, type UseRecorder } from '../publishing/use-recorder.ts';
import { createWordIndexer } from '../publishing/word-indexer.ts';
import { purgeDeleted } from '../storage/postgres/accounts/document-changes.ts';
import { createDocumentUseStore } from '../storage/postgres/accounts/document-uses.ts';
import { createDraftAudit, type DraftAudit } from '../storage/postgres/audit/draft-audit.ts';
import { ensureAuditPartitions } from '../storage/postgres/audit/partitions.ts';
import type { Orm } from '../storage/postgres/orm.ts';
import { createScheduleStore } from '../storage/postgres/publishing/schedules.ts';
import { createDraftTextStore } from '../storage/postgres/publishing/texts.ts';
import { isUnavailable } from '../storage/postgres/unavailable.ts';
import { createDeliveryQueue } from '../storage/postgres/webhooks/queue.ts';
import { createWebhookSender } from '../webhooks/sender.ts';
import type { Parts } from './parts.ts';

export interface BackgroundPorts {
  orm: Orm;
  drafts: DraftContents;
  publisher: Publisher;
  /** Forgets what was counted of readers long ago. */
  purgeCounts(): Promise<unknown>;
  /** Forgets changes of access that every node has read long ago. */
  purgeChanges(): Promise<unknown>;
  /** Title or summary of a document changed. */
  onChanged(documentId: string): void;
  clock: Clock;
  log: Logger;
}

export interface Background {
  /** A document that this node owns has committed edits. Cheap. */
  committed(documentId: string): void;
  /** The same, of a portion that the journal wrote. Cheap. */
  written: DraftAudit['written'];
  /** A user has opened a document on this node. Cheap. */
  opened: UseRecorder['used'];
  /** Stores what search does not know yet, as long as drafts can still be read. Never rejects. */
  flushTexts(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** @param parts takes each part's release; after the drafts are passivated and before the database is closed */
export async function startBackground(
  config: Config,
  { orm, drafts, publisher, purgeCounts, purgeChanges, onChanged, clock, log }: BackgroundPorts,
  parts: Parts,
): Promise<Background> {
  await ensureAuditPartitions(orm, clock, log);
  const hourly = periodic(HOUR_MS, 'upkeep', log, async () => {
    await ensureAuditPartitions(orm, clock, log);
    await purgeDeleted(orm, clock);
    await purgeCounts();
    await purgeChanges();
  });
  parts.add('upkeep', () => hourly.stop());
  const audit = createDraftAudit({ orm, log });
  parts.add('draft audit', () => audit.close());
  const texts = createDraftTextStore(orm);
  const projector = createProjector({
    drafts,
    texts,
    textOf: renderText,
    isUnavailable,
    onChanged,
    log,
  });
  parts.add('search projector', () => projector.close());
  const indexer = createWordIndexer({ texts, log });
  parts.add('search index', () => indexer.close());
  const uses = createUseRecorder({ uses: createDocumentUseStore(orm), clock, log });
  parts.add('document usage', () => uses.close());
  const scheduler = createScheduler({ schedules: createScheduleStore(orm, clock), publisher, log });
  parts.add('scheduler', () => scheduler.close());
  const sender = createWebhookSender({
    queue: createDeliveryQueue(orm, clock),
    clock,
    log,
    random: Math.random,
    allowPrivate: config.webhookAllowPrivate,
    limits: { timeoutMs: config.webhookTimeoutMs, editMs: config.webhookEditMs },
  });
  parts.add('webhook sender', () => sender.close());
  return {
    committed: projector.committed,
    written(portion, at) {
      audit.written(portion, at);
      for (const { author } of portion.entries) uses.used(author.userId, portion.documentId);
    },
    opened: uses.used,
    flushTexts: projector.flush,
  };
}
