/**
 * What actors and gateway need of the cluster. Implemented over Redis (`src/cluster/redis/`) and in one process
 * (`src/cluster/local/`); one contract suite runs against both. The cluster routes and detects failure; it never
 * authorises a write (I2). Messages may be lost, never reordered between one sender and one receiver.
 */

/** Why a call to another node brought no answer. */
export type CallFailure =
  /** Nobody listens on the node's channel: the process is gone. */
  | 'dead'
  /** No answer within the deadline; the node may be hung, cut off or slow. */
  | 'timeout'
  /** This node has no link to the others at the moment. */
  | 'disconnected'
  /** The handler at the other end threw. */
  | 'failed';

export type CallResult = { ok: true; value: unknown } | { ok: false; reason: CallFailure };

/** `alive`: heard within the lease. `dead`: known to be gone or silent past it. `unknown`: no link, or just started. */
export type Liveness = 'alive' | 'dead' | 'unknown';

export interface Cluster {
  /** This process, unique for its life: a restart under the same `NODE_ID` is another node. */
  readonly nodeId: string;
  /** True while the link to the other nodes works; always true for a node that runs alone. */
  connected(): boolean;
  liveness(nodeId: string): Liveness;
  /** Nodes heard within the lease, this one included. */
  nodes(): readonly string[];

  /** Asks another node; resolves, never rejects. Values are plain data, `Uint8Array` included. */
  call(nodeId: string, method: string, value: unknown, deadlineMs: number): Promise<CallResult>;
  /** Answers calls of a method. One handler a method. */
  handle(method: string, handler: (value: unknown, fromNode: string) => Promise<unknown>): void;

  /** One-way message to one node, in order after earlier posts and answers to it; may be lost. */
  post(nodeId: string, topic: string, value: unknown): void;
  onPost(topic: string, handler: (value: unknown, fromNode: string) => void): void;

  /** Publishes on a named channel (`user:{id}`) to every subscribed node, this one included; may be lost. */
  publish(channel: string, value: unknown): void;
  /** Returns the unsubscribe function. */
  subscribe(channel: string, handler: (value: unknown) => void): () => void;

  /** Calls back after the link came back: messages may have been missed meanwhile. Returns the unsubscribe function. */
  onReconnected(listener: () => void): () => void;
  /** Leaves: other nodes see this one as dead at once. */
  close(): Promise<void>;
}
