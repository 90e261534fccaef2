/**
 * The queue of webhook deliveries as the senders of all nodes use it. A claim is a lease: the delivery is due again after it,
 * so what a dead node had claimed is taken over. `attempt` is the fence: whoever was overtaken changes nothing any more.
 *
 * I6: `permitted` is read with the claim: whoever lost the grant since it was enqueued gets nothing.
 */

/** A delivery that this node may attempt once now. */
export interface ClaimedDelivery {
  id: string;
  /** Number of claims, this one included. */
  attempt: number;
  /** The same since it was last enqueued. */
  tries: number;
  webhookId: string;
  userId: string;
  url: string;
  host: string;
  /** The current secret first. */
  secrets: Uint8Array[];
  event: string;
  data: unknown;
  /** Milliseconds since the Unix epoch at which it was enqueued. */
  createdAt: number;
  /** The owner of the webhook has a grant on the document. */
  permitted: boolean;
}

export interface ClaimOptions {
  leaseMs: number;
  /** Milliseconds over which edits are coalesced. */
  editMs: number;
  /** Hosts and users that are at their limit of concurrent attempts. */
  busyHosts: readonly string[];
  busyUsers: readonly string[];
}

/** How an attempt ended. `status`: of the response; null without one. `at`: time of the next attempt, milliseconds. */
export type DeliveryOutcome =
  | { kind: 'delivered'; status: number }
  | { kind: 'retry'; status: number | null; error: string; at: number }
  | { kind: 'failed'; status: number | null; error: string }
  /** Dropped before anything was sent: not the receiver's fault. */
  | { kind: 'withheld'; error: string }
  /** The node stops: another node attempts it at once, and this attempt does not count. */
  | { kind: 'released' };

export interface DeliveryQueue {
  claim(options: ClaimOptions): Promise<ClaimedDelivery | undefined>;
  settle(delivery: ClaimedDelivery, outcome: DeliveryOutcome): Promise<void>;
  /** Since when every attempt failed, milliseconds; undefined when the last one succeeded. */
  failingSince(webhookId: string): Promise<number | undefined>;
  switchOff(webhookId: string, reason: string): Promise<void>;
  /** Deletes at most `limit` deliveries from before `before`; returns their number. */
  purge(before: number, limit: number): Promise<number>;
}
