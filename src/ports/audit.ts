/** Reading the audit trail (I5). */
import type { AuditPage } from '../../schemas/http.ts';

export interface AuditTrail {
  /**
   * The events of a document, newest first, older than the event `after`. The caller has checked access. IP address and user agent
   * are private to each user: they are shown of the reader's own events alone.
   * @param reader the user, and the session or API token, which sees its own latest writes
   */
  ofDocument(
    documentId: string,
    page: { limit: number; after: string | undefined },
    reader: { userId: string; sessionId?: string },
  ): Promise<AuditPage>;
}
