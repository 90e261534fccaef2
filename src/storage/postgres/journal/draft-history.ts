/**
 * Draft history: the draft at a position, from a snapshot and the updates behind it. The text at a position never changes, so any
 * server that has reached it can be queried. Knows no connections.
 */
import type { Logger } from '../../../lib/logger.ts';
import { MAX_STATE_BYTES } from '../../../ports/journal.ts';
import * as sql from './statements.ts';

type Row = Record<string, unknown>;

/**
 * Runs one statement.
 * @param isEnough false for the rows of a server that has not reached the position
 */
export type HistoryQuery = (
  name: string,
  text: string,
  values: unknown[],
  isEnough: (rows: readonly Row[]) => boolean,
) => Promise<Row[]>;

/** The updates behind one position up to another. */
export async function tailOf(
  query: HistoryQuery,
  documentId: string,
  afterSeq: number,
  throughSeq: number,
  { name, tail: statement } = sql.HISTORY,
): Promise<Uint8Array[]> {
  const length = throughSeq - afterSeq;
  const values = [documentId, afterSeq, throughSeq];
  const tail = await query(`${name}-load-tail`, statement, values, (rows) => rows.length === length);
  // I7: a hole here would be lost work; better no document than a wrong one.
  if (tail.length !== length) {
    throw new Error(`journal of ${documentId} has ${tail.length} updates after ${afterSeq}, not ${length}`);
  }
  return tail.map((row) => row.update as Uint8Array);
}

/** As `Journal.stateAt` has it. */
export const createStateAt =
  (query: HistoryQuery, log: Logger, statements = sql.HISTORY) =>
  async (documentId: string, seq: number): Promise<Uint8Array[] | undefined> => {
    const { name, stateAt } = statements;
    const [found] = await query(`${name}-state-at`, stateAt, [documentId, seq], (rows) => rows.length > 0);
    if (!found) return undefined;
    const state = found.state as Uint8Array | null;
    const bytes = Number(found.tail_bytes) + (state?.byteLength ?? 0);
    if (bytes > MAX_STATE_BYTES) {
      log.warn({ documentId, seq, bytes }, 'journal: the draft at a position is too large to read');
      return undefined;
    }
    // A snapshot that is thinned away meanwhile was read already; the updates stay for good.
    const tail = await tailOf(query, documentId, Number(found.snapshot_seq), seq, statements);
    return state ? [state, ...tail] : tail;
  };
