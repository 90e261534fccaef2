/**
 * Switching a webhook off, by its owner or by the sender: nothing may wait for it any more. In the caller's transaction,
 * after the webhook's row was locked: all code locks that row first, then deliveries.
 */
import type { EntityManager } from '@mikro-orm/postgresql';

export async function failPending(tx: EntityManager, webhookId: string): Promise<void> {
  await tx.execute(
    `update webhook_deliveries
        set state = 'failed', gathering = false, next_attempt_at = null, last_error = 'the webhook was disabled'
      where webhook_id = ? and state = 'pending'`,
    [webhookId],
  );
}
