/** Timeouts and delays of a document, in milliseconds. */

export interface DocumentTimings {
  /** Without an answer for so long, the client pings the node. Default 1,000. */
  ackTimeoutMs: number;
  /** Without a pong for so long, the node counts as hung. Default 700. */
  pingTimeoutMs: number;
  /** Delay before opening again when the server names none. Default 150. */
  reopenMs: number;
  /** Caret movements within this time are sent as one. Default 40. */
  awarenessMs: number;
}
