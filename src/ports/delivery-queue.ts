/**
 * The queue of webhook deliveries as the senders of all nodes use it. A claim is a lease: the delivery is due again after it,
 * so what a dead node had claimed is taken over. `attempt` is the fence: whoever was overtaken changes nothing any more.
 *
 * I6: `permitted` is read with the claim: whoever lost the grant since it was enqueued gets nothing.
 */

/** A delivery that this node may try once now. */
export interface ClaimedDelivery {
  id: string;
  /** How often it was claimed, this time included. */
  attempt: number;
  /** The same since somebody last asked for it. */
  tries: number;
  webhookId: string;
  userId: string;
  url: string;
  host: string;
  /** The present one first. */
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
  /** Edits gather so long. */
  editMs: number;
  /** Hosts and users that have all that they may have under way. */
  busyHosts: readonly string[];
  busyUsers: readonly string[];
}

/** How an attempt ended. `status`: what was answered; null when nothing was. `at`: milliseconds, of the next try. */
export type Outcome =
  | { kind: 'delivered'; status: number }
  | { kind: 'retry'; status: number | null; error: string; at: number }
  | { kind: 'failed'; status: number | null; error: string }
  /** Given up before anything was sent: no fault of the receiver. */
  | { kind: 'withheld'; error: string }
  /** The node stops: another one tries at once, and it counts for nothing. */
  | { kind: 'released' };

export interface DeliveryQueue {
  claim(options: ClaimOptions): Promise<ClaimedDelivery | undefined>;
  settle(delivery: ClaimedDelivery, outcome: Outcome): Promise<void>;
  /** Since when every attempt failed, in milliseconds; undefined when the last one did not. */
  failingSince(webhookId: string): Promise<number | undefined>;
  switchOff(webhookId: string, reason: string): Promise<void>;
  /** Forgets deliveries from before, at most `limit`; returns how many. */
  purge(before: number, limit: number): Promise<number>;
}
