/**
 * Drafts of documents that are or were live, under the role of public reads: the views show them as far as readers may see, and
 * nothing of a draft whose document is private by now (I6). Knows no connections.
 */
import type { Logger } from '../../../lib/logger.ts';
import { isDocumentId, type PublicDrafts } from '../../../ports/public-reads.ts';
import { createStateAt } from '../journal/draft-history.ts';
import { PUBLIC_HISTORY, PUBLIC_UPDATES } from '../journal/statements.ts';

type Rows = <Row extends object>(name: string, text: string, values: readonly unknown[]) => Promise<Row[]>;

interface DraftRow {
  live: boolean;
  head_seq: string;
  revision: number;
  changed_at: Date;
  owner_node: string | null;
}

const DRAFT = 'select live, head_seq, revision, changed_at, owner_node from public_live_drafts where document_id = $1';
const PERIODS =
  'select started_at, started_seq, ended_at from public_live_periods where document_id = $1 order by started_at';
/** Bytes after which a read of updates ends. */
const READ_BYTES = 1_048_576;

export function createPublicDrafts(rows: Rows, log: Logger): PublicDrafts {
  const stateAt = createStateAt(
    (name, text, values) => rows<Record<string, unknown>>(name, text, values),
    log,
    PUBLIC_HISTORY,
  );
  return {
    async draft(documentId) {
      if (!isDocumentId(documentId)) return undefined;
      const [row] = await rows<DraftRow>('public-draft', DRAFT, [documentId]);
      return (
        row && {
          live: row.live,
          seq: Number(row.head_seq),
          revision: row.revision,
          updatedAt: row.changed_at.toISOString(),
          ownerNode: row.owner_node,
        }
      );
    },
    stateAt: async (documentId, seq) => (isDocumentId(documentId) ? stateAt(documentId, seq) : undefined),
    async updates(documentId, afterSeq, limit) {
      if (!isDocumentId(documentId)) return [];
      const values = [documentId, afterSeq, limit, READ_BYTES];
      const found = await rows<{ seq: string; update: Uint8Array; at: Date }>('public-updates', PUBLIC_UPDATES, values);
      return found.map(({ seq, update, at }) => ({ seq: Number(seq), update, at: at.getTime() }));
    },
    async livePeriods(documentId) {
      if (!isDocumentId(documentId)) return [];
      const found = await rows<{ started_at: Date; started_seq: string; ended_at: Date | null }>(
        'public-live-periods',
        PERIODS,
        [documentId],
      );
      return found.map((row) => ({
        startedAt: row.started_at.getTime(),
        startedSeq: Number(row.started_seq),
        endedAt: row.ended_at?.getTime() ?? null,
      }));
    },
  };
}
