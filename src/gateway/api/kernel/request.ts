/** What is known of a request besides its content: from the listener, and on its way through the kernel. */

/** From the listener. */
export interface RequestInfo {
  /** The peer's address as text, after trusted proxies were taken off; empty when unknown. */
  remoteAddress: string;
  /** The connection itself is TLS. */
  secure: boolean;
  /** As the listener's: from now on the request counts by its user. Absent where none is counted. */
  countsByUser?: () => void;
}

/** Hono's types. */
export interface ApiEnv {
  Bindings: { info: RequestInfo };
  Variables: { secure: boolean; requestId: string };
}
