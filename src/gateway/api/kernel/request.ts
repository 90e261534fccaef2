/** What the listener knows of a request besides its content. */
export interface RequestInfo {
  /** The peer's address as text, after trusted proxies were taken off; empty when unknown. */
  remoteAddress: string;
  /** The connection itself is TLS. */
  secure: boolean;
  /** As the listener's: from now on the request counts by its user. Absent where none is counted. */
  countsByUser?: () => void;
}
