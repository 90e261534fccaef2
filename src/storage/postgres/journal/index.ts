/**
 * The journal over PostgreSQL: group commit on a connection of its own; claims, loads and snapshots on a small pool.
 *
 *   statements.ts     the SQL                       commit-window.ts  how long a batch gathers
 *   batch.ts          entries -> parameters         group-commit.ts   the writer
 *   connection.ts     the writer's session          draft-history.ts  drafts as they were
 */
import pg from 'pg';
import type { Logger } from '../../../lib/logger.ts';
import type {
  Claim,
  DraftHead,
  DraftLog,
  Journal,
  LoadedDraft,
  LoggedUpdate,
  Reservations,
  Snapshot,
} from '../../../ports/journal.ts';
import { isCommitWarning, type Notice, NotReplicated } from '../faults.ts';
import { createPooledSessions } from '../pooled-session.ts';
import { onSessionLost } from '../session.ts';
import { JournalConnection } from './connection.ts';
import { createStateAt, tailOf } from './draft-history.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import * as sql from './statements.ts';

export interface JournalOptions
  extends Pick<
    GroupCommitOptions,
    'maxWindowMs' | 'maxBatchEntries' | 'maxBatchBytes' | 'onBatch' | 'onWritten' | 'random'
  > {
  databaseUrl: string;
  nodeId: string;
  log: Logger;
  /** Milliseconds after which an unanswered statement counts as lost. */
  statementTimeoutMs: number;
  /** The database takes writes again after it took none. */
  onWritable?: (() => void) | undefined;
}

export interface PostgresJournal extends Journal {
  /** True while the writer has a session. */
  connected(): boolean;
  /** Why nothing can be written at the moment, in words for operators; undefined: it can. */
  trouble(): string | undefined;
  close(deadlineMs: number): Promise<void>;
}

const POOL_SIZE = 4;
/** Bytes after which a read of updates ends. */
const READ_BYTES = 1_048_576;

export function createJournal(options: JournalOptions): PostgresJournal {
  const { nodeId, log } = options;
  const sessions = createPooledSessions();
  const connection = new JournalConnection({
    url: options.databaseUrl,
    timeoutMs: options.statementTimeoutMs,
    random: options.random,
    log,
    onWritable() {
      sessions.renew(pool);
      options.onWritable?.();
    },
  });
  const writer = new GroupCommit({ ...options, connection });
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: 'stet directory',
    max: POOL_SIZE,
    Client: sessions.Client,
    // Kept for good: a takeover comes after a quiet time, and must not wait for new sessions while authors do.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 3_000,
    query_timeout: options.statementTimeoutMs,
    keepAlive: true,
    options: '-c synchronous_commit=on -c client_min_messages=warning',
  });
  onSessionLost(pool, (err) => log.warn({ err }, 'journal: lost an idle connection'));
  // Connects before the first edit; failures are logged and retried.
  void connection.ready();
  for (let session = 0; session < POOL_SIZE; session += 1) pool.query('SELECT').catch(() => undefined);
  const rows = async (name: string, text: string, values: unknown[]) =>
    (await pool.query<Record<string, unknown>>({ name, text, values })).rows;
  /** The same where what follows relies on it. @throws NotReplicated */
  async function confirmedRows(name: string, text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
    const session = await pool.connect();
    let warning: string | undefined;
    /** Without an answer it is still busy, and the next query on it would wait. */
    let broken = false;
    const noticed = (notice: Notice): void => {
      if (isCommitWarning(notice)) warning = notice.message;
    };
    session.on('notice', noticed);
    try {
      const { rows: found } = await session.query<Record<string, unknown>>({ name, text, values });
      // I1: the claimant shows and acknowledges everything up to the head.
      if (warning !== undefined) throw new NotReplicated(warning);
      return found;
    } catch (error) {
      broken = !(error instanceof pg.DatabaseError) && !(error instanceof NotReplicated);
      throw error;
    } finally {
      session.off('notice', noticed);
      session.release(broken);
    }
  }

  return {
    connected: () => connection.connected,
    trouble: () => connection.trouble,

    async head(documentId): Promise<DraftHead | undefined> {
      const [row] = await rows('stet-head', sql.HEAD, [documentId]);
      if (!row) return undefined;
      const owner = row.owner_node;
      return {
        ownerNode: typeof owner === 'string' ? owner : null,
        epoch: Number(row.epoch),
        headSeq: Number(row.head_seq),
      };
    },

    async claim(documentId, observedEpoch): Promise<Claim | undefined> {
      const [row] = await confirmedRows('stet-claim', sql.CLAIM, [documentId, observedEpoch, nodeId]);
      return row && { epoch: Number(row.epoch), headSeq: Number(row.head_seq) };
    },

    async release(documentId, epoch): Promise<void> {
      await rows('stet-release', sql.RELEASE, [documentId, epoch]);
    },

    async load(documentId): Promise<LoadedDraft> {
      const [[head], clients] = await Promise.all([
        rows('stet-load-snapshot', sql.LOAD_SNAPSHOT, [documentId]),
        rows('stet-load-clients', sql.LOAD_CLIENTS, [documentId]),
      ]);
      if (!head) throw new Error(`no draft ${documentId}`);
      const headSeq = Number(head.head_seq);
      const snapshotSeq = Number(head.snapshot_seq ?? 0);
      const updates = await tailOf(rows, documentId, snapshotSeq, headSeq);
      const tailBytes = updates.reduce((sum, update) => sum + update.byteLength, 0);
      if (head.state) updates.unshift(head.state as Uint8Array);
      return {
        updates,
        headSeq,
        snapshotSeq,
        tailBytes,
        refused: head.refused === true,
        clients: new Map(
          clients.filter((row) => row.reserved_at === null).map((row) => [Number(row.client_id), String(row.user_id)]),
        ),
        reservations: new Map(
          clients
            .filter((row) => row.reserved_at !== null)
            .map((row) => [
              Number(row.client_id),
              { userId: String(row.user_id), at: (row.reserved_at as Date).getTime() },
            ]),
        ),
      };
    },

    openLog: (documentId, claim, settled, suspect): DraftLog => writer.openLog(documentId, claim, settled, suspect),

    async saveSnapshot({ documentId, epoch, seq, state }: Snapshot): Promise<boolean> {
      const saved = await rows('stet-snapshot', sql.SAVE_SNAPSHOT, [documentId, epoch, seq, state]);
      return saved.length > 0;
    },

    async reserve({ documentId, epoch, clients, forget, lifeMs }: Reservations): Promise<boolean> {
      const values = [documentId, epoch, [...clients.keys()], [...clients.values()], forget, lifeMs];
      return (await rows('stet-reserve', sql.RESERVE, values)).length > 0;
    },

    async forgetWrites(documentId, epoch, ids): Promise<void> {
      await rows('stet-forget-writes', sql.FORGET_WRITES, [documentId, epoch, ids]);
    },

    async noteRefusal(documentId, refusal): Promise<void> {
      if (!refusal) await rows('stet-forget-refusal', sql.FORGET_REFUSAL, [documentId]);
      else await rows('stet-note-refusal', sql.NOTE_REFUSAL, [documentId, refusal.code, refusal.reason]);
    },

    async updates(documentId, afterSeq, limit): Promise<LoggedUpdate[]> {
      const found = await rows('stet-updates', sql.UPDATES, [documentId, afterSeq, limit, READ_BYTES]);
      return found.map((row) => ({
        seq: Number(row.seq),
        update: row.update as Uint8Array,
        userId: String(row.user_id),
        at: (row.at as Date).getTime(),
      }));
    },

    stateAt: createStateAt(rows, log),

    async close(deadlineMs): Promise<void> {
      await writer.close(deadlineMs);
      await connection.close();
      await pool.end().catch(() => undefined);
    },
  };
}
