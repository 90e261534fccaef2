/** Events of the cluster for metrics and tests, beside its log. */
import type { CallFailure, Liveness } from '../../ports/cluster.ts';

export type ClusterEvent =
  | { kind: 'link'; up: boolean }
  | { kind: 'peer'; nodeId: string; liveness: Liveness }
  /** A call of this node ended. */
  | { kind: 'call'; method: string; outcome: 'ok' | CallFailure; ms: number }
  /** A call of another node was answered here. */
  | { kind: 'served'; method: string; ok: boolean }
  /** A message was not sent: no link, or too much unconfirmed. */
  | { kind: 'dropped'; what: 'post' | 'publication' | 'broadcast' }
  /** Bytes that are no message came in. */
  | { kind: 'garbage' }
  /** A node of another wire version: its payload was refused, or it refused ours. */
  | { kind: 'version'; nodeId: string };
