/** Times to publish, shared by the schedulers of all nodes. A claim is a lease. */
import type { Actor } from './actor.ts';

/** A schedule that is due, claimed by this node. */
export interface DueSchedule {
  id: string;
  documentId: string;
  /** Who set it: publishes under this name. */
  actor: Actor;
  /** Number of claims, this one included. */
  attempts: number;
}

export interface ScheduleStore {
  /** Claims what is due, the longest overdue first. The lease doubles with each attempt. */
  claimDue(limit: number): Promise<DueSchedule[]>;
  /** Deletes a schedule that cannot be carried out; nothing happens if it no longer exists. */
  giveUp(schedule: DueSchedule, reason: string): Promise<void>;
}
