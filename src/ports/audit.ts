/** The audit trail as those see it who may (I5). */
import type { AuditPage } from '../../schemas/http.ts';

export interface AuditTrail {
  /**
   * What happened to a document, newest first, behind the event `after`. Access was checked before. From which address and
   * with which program others came is theirs: of the reader's own events alone these are shown.
   * @param reader the user, and the session or token, which sees what it did
   */
  ofDocument(
    documentId: string,
    page: { limit: number; after: string | undefined },
    reader: { userId: string; sessionId?: string },
  ): Promise<AuditPage>;
}
