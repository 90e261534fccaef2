/** Times to publish, shared by the schedulers of all nodes. A claim is a lease. */
import type { Actor } from './actor.ts';

/** A time that has come, claimed by this node. */
export interface DueSchedule {
  id: string;
  documentId: string;
  /** Who set it, and publishes now. */
  actor: Actor;
  /** Times that it was claimed, this one included. */
  attempts: number;
}

export interface Schedules {
  /** Claims what is due, the longest overdue first. The lease doubles with each attempt. */
  due(limit: number): Promise<DueSchedule[]>;
  /** Forgets one that cannot be done, unless it stands no more. */
  giveUp(schedule: DueSchedule, reason: string): Promise<void>;
}
