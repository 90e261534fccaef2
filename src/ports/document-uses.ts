/** When users last opened or edited a document: the order of what a search finds, and of nothing that counts. A use may be lost. */

export interface DocumentUse {
  userId: string;
  documentId: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface DocumentUseStore {
  /** Stores the latest use of each document by each user; one without a grant is left out. */
  record(uses: readonly DocumentUse[]): Promise<void>;
}
