// Journals with a fault built in. They exist to prove that the checker sees what a broken invariant does.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Claim, DraftLog, Entry, Settled } from '../../src/ports/journal.ts';
import type { PostgresJournal } from '../../src/storage/postgres/journal/index.ts';

/** Long enough for a SIGKILL right after an acknowledgement to come first, milliseconds. */
const LATE_MS = 400;

/** Breaks I1: says `committed` at once and writes a little later. */
export function ackBeforeCommit(journal: PostgresJournal): PostgresJournal {
  return {
    ...journal,
    connected: () => journal.connected(),
    openLog(documentId: string, claim: Claim, settled: (outcome: Settled) => void): DraftLog {
      const log = journal.openLog(documentId, claim, (outcome) => {
        if (outcome.kind !== 'committed') settled(outcome);
      });
      let seq = claim.headSeq;
      let open = true;
      return {
        append(entry) {
          seq += 1;
          const throughSeq = seq;
          setImmediate(() => {
            if (open) settled({ kind: 'committed', throughSeq });
          });
          setTimeout(() => {
            if (open) log.append(entry);
          }, LATE_MS);
          return seq;
        },
        close() {
          open = false;
          log.close();
        },
      };
    },
  };
}

/** The head moves for every caller: the epoch is not checked. */
const APPEND_UNFENCED = `
WITH head AS (
  UPDATE draft_heads SET head_seq = head_seq + 1 WHERE document_id = $1 RETURNING head_seq
), bound AS (
  INSERT INTO draft_clients (document_id, client_id, user_id)
  SELECT $1, client_id, $2 FROM unnest($5::bigint[]) AS client_id
  ON CONFLICT DO NOTHING
)
INSERT INTO draft_updates (document_id, seq, user_id, session_id, update)
SELECT $1, head_seq, $2, $3, $4 FROM head`;

/** Breaks I2: whoever once owned a document goes on writing to it. */
export function skipEpochCheck(journal: PostgresJournal, databaseUrl: string): PostgresJournal {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  pool.on('error', () => undefined);

  async function write(documentId: string, { update, author, newClients }: Entry): Promise<void> {
    const values = [documentId, author.userId, author.sessionId, update, newClients];
    for (;;) {
      try {
        await pool.query(APPEND_UNFENCED, values);
        return;
      } catch {
        await delay(50);
      }
    }
  }

  return {
    ...journal,
    connected: () => journal.connected(),
    openLog(documentId: string, claim: Claim, settled: (outcome: Settled) => void): DraftLog {
      let seq = claim.headSeq;
      let open = true;
      let written = Promise.resolve();
      return {
        append(entry) {
          seq += 1;
          const throughSeq = seq;
          written = written.then(async () => {
            await write(documentId, entry);
            if (open) settled({ kind: 'committed', throughSeq });
          });
          return seq;
        },
        close() {
          open = false;
        },
      };
    },
    // The fence of snapshots would show a deposed owner after all.
    saveSnapshot: () => Promise.resolve(true),
    async close(deadlineMs) {
      await journal.close(deadlineMs);
      await pool.end();
    },
  };
}
