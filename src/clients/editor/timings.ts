/** How patient a document is with its node. All in milliseconds. */

export interface DocumentTimings {
  /** Without an answer for so long, the node is asked whether it is alive. Default 1,000. */
  ackTimeoutMs: number;
  /** Without an answer to that, it counts as hung. Default 700. */
  pingTimeoutMs: number;
  /** Pause before opening again when the server named none. Default 150. */
  reopenMs: number;
  /** Caret movements within this time are sent as one. Default 40. */
  awarenessMs: number;
}
