/**
 * Since when a draft has updates that no audit event covers (I5): what a dead node left is found by the age of its oldest
 * update, not of its last one. Nodes of the version before leave it as it is; who reads it takes that for older than it is.
 */
import { OnlineMigration } from './online-migration.ts';

export class UnauditedSince extends OnlineMigration {
  override statements(): readonly string[] {
    return ['alter table draft_heads add column unaudited_since timestamptz null'];
  }
}
