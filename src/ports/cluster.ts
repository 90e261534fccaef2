/**
 * What actors and gateway need of the cluster. Implemented over Redis (`src/cluster/redis/`) and in one process
 * (`src/cluster/local.ts`); one contract suite (`test/contracts/cluster.ts`) runs against both. The cluster routes and
 * detects failure; it never authorises a write (I2). Messages may be lost, never reordered between one sender and one
 * receiver (I7).
 *
 * Values are plain data: null, booleans, numbers, strings, `Uint8Array`, `Date`, arrays and objects of these. What
 * arrives is always a copy, also within one node. Handlers are never called synchronously by the sender's own call.
 */

/**
 * Why a call to another node brought no answer. After `dead`, `timeout` and `disconnected` the call may or may not have
 * been carried out.
 */
export type CallFailure =
  /** Nobody listens on the node's channel: the process is gone. */
  | 'dead'
  /** No answer within the deadline; the node may be hung, cut off or slow. */
  | 'timeout'
  /** This node has no link to the others at the moment, or the link is too young to tell who is gone. */
  | 'disconnected'
  /** The handler threw, there is none, the other node speaks another version, or a limit was reached (I9). */
  | 'failed';

export type CallResult = { ok: true; value: unknown } | { ok: false; reason: CallFailure };

/**
 * `alive`: heard within the lease. `dead`: said goodbye, or its channel has no listener, or silent past the lease while
 * we can prove that we were listening. `unknown`: none of these, above all without a link or just after one came up.
 */
export type Liveness = 'alive' | 'dead' | 'unknown';

export interface Cluster {
  /** This process, unique for its life: a restart under the same `NODE_ID` is another node. */
  readonly nodeId: string;
  /** True while the link to the other nodes works; always true for a node that runs alone. */
  connected(): boolean;
  liveness(nodeId: string): Liveness;
  /** Nodes heard within the lease, this one included. */
  nodes(): readonly string[];

  /**
   * Asks another node; resolves, never rejects. Calls to this node itself work without any link.
   * @param deadlineMs milliseconds after which the result is `timeout`
   */
  call(nodeId: string, method: string, value: unknown, deadlineMs: number): Promise<CallResult>;
  /**
   * Answers calls of a method. Handlers are started in the order in which calls arrive.
   * @throws when the method has a handler already
   */
  handle(method: string, handler: (value: unknown, fromNode: string) => Promise<unknown>): void;

  /** One-way message to one node, in order after earlier calls, posts and answers to it; may be lost. */
  post(nodeId: string, topic: string, value: unknown): void;
  /**
   * Receives the posts of a topic. An exception thrown by the handler is logged and harms nobody.
   * @throws when the topic has a handler already
   */
  onPost(topic: string, handler: (value: unknown, fromNode: string) => void): void;

  /**
   * Publishes on a named channel (`user:{id}`) to every subscribed node; may be lost on the way to others. Subscribers
   * on this node get it in any case, also without a link.
   */
  publish(channel: string, value: unknown): void;
  /**
   * Subscribes until the returned function is called. `onPlaced` is called once, never synchronously, when publications
   * of other nodes start to arrive: state read from the database *after* that cannot miss a change (I6). Without a link
   * that is when the link comes; if the link breaks later, `onReconnected` tells when the subscription is in place again.
   */
  subscribe(channel: string, handler: (value: unknown) => void, onPlaced?: () => void): () => void;

  /**
   * Calls back each time the link came (back) and all subscriptions are in place again: messages may have been missed
   * meanwhile. Returns the unsubscribe function.
   */
  onReconnected(listener: () => void): () => void;
  /** Leaves: other nodes see this one as dead at once. Outstanding calls end as `disconnected`. Idempotent. */
  close(): Promise<void>;
}
