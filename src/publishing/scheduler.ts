/**
 * Publishes at the times that users set: each once, by whichever node is up. Every node looks; a claim is a lease (see
 * `storage/publishing/schedules.ts`), and the transaction that publishes takes the schedule away, so that neither two nodes
 * nor a node that died half-way publish twice. What fails is tried again with growing pauses, and given up in the end.
 */
import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import type { DueSchedule, ScheduleStore } from '../ports/schedules.ts';
import type { Publisher } from './publisher.ts';

export interface SchedulerOptions {
  schedules: ScheduleStore;
  publisher: Pick<Publisher, 'publish'>;
  log: Logger;
  /** Milliseconds between two looks. */
  everyMs?: number;
}

export interface Scheduler {
  /** Publishes what is due now. Never rejects. */
  run(): Promise<void>;
  /** Claims nothing more; resolves when what is being published has ended. */
  close(): Promise<void>;
}

const EVERY_MS = 1_000;
/** Schedules that one node publishes in one round; more wait for the next round, or another node. */
const BATCH = 10;
const MAX_ATTEMPTS = 10;

export function createScheduler({ schedules, publisher, log, everyMs = EVERY_MS }: SchedulerOptions): Scheduler {
  async function fire(schedule: DueSchedule): Promise<void> {
    const { id, documentId, actor, attempts } = schedule;
    const fields = { documentId, scheduleId: id, userId: actor.userId, attempts };
    const published = await publisher.publish(actor, documentId, { scheduleId: id });
    if (published.ok) {
      log.info({ ...fields, revision: published.revision.number }, 'published on schedule');
      return;
    }
    const { code, retryAfterMs } = published.error;
    // Meanwhile published by another node, replaced or cancelled.
    if (code === 'conflict') return;
    if (retryAfterMs !== undefined && attempts < MAX_ATTEMPTS) {
      log.warn({ ...fields, code }, 'a scheduled publication failed; it will be retried');
      return;
    }
    log.warn({ ...fields, code }, 'a scheduled publication failed for good');
    await schedules.giveUp(schedule, code);
  }

  async function attempt(schedule: DueSchedule): Promise<void> {
    try {
      await fire(schedule);
    } catch (error) {
      log.warn({ scheduleId: schedule.id, err: error }, 'a scheduled publication failed');
      if (schedule.attempts >= MAX_ATTEMPTS) await schedules.giveUp(schedule, 'internal');
    }
  }

  const rounds = periodic(everyMs, 'scheduler', log, async () => {
    const due = await schedules.claimDue(BATCH);
    await Promise.all(due.map(attempt));
  });

  return { run: rounds.runNow, close: rounds.stop };
}
