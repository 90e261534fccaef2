/** The journal on a real database: documents to write to, logs that record their outcomes, and a wire to cut. */

import { randomBytes, randomUUID } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import type { Author, Claim, DraftLog, Entry, Journal, Settled } from '../../src/ports/journal.ts';
import { createJournal, type JournalOptions, type PostgresJournal } from '../../src/storage/postgres/journal/index.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { until } from './helpers.ts';
import { openOrm } from './orm.ts';
import { silentLog } from './silent-log.ts';

export interface LoggedUpdate {
  seq: number;
  userId: string;
  update: Buffer;
}

export interface JournalBench {
  readonly databaseUrl: string;
  readonly author: Author;
  /** A new, unclaimed document. */
  document(): Promise<string>;
  /** A journal of a node of its own; closed by `close`. */
  journal(options?: Partial<JournalOptions>): PostgresJournal;
  /** What is durable of a document. */
  logged(documentId: string): Promise<LoggedUpdate[]>;
  head(documentId: string): Promise<{ epoch: number; headSeq: number; ownerNode: string | null; snapshotSeq: number }>;
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Prepares an empty database for the journal. */
export async function journalBench(databaseUrl: string): Promise<JournalBench> {
  const orm = await openOrm(databaseUrl, 2);
  await migrate(orm, silentLog);
  await orm.close();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 3 });
  pool.on('error', () => undefined);
  const sql = async (text: string, values: unknown[] = []) =>
    (await pool.query<Record<string, unknown>>(text, values)).rows;
  const [user] = await sql(`insert into users (handle, password_hash, role) values ($1, 'x', 'author') returning id`, [
    `a${randomBytes(6).toString('hex')}`,
  ]);
  const author: Author = { userId: String(user?.id), sessionId: randomUUID() };
  const journals: PostgresJournal[] = [];
  return {
    databaseUrl,
    author,
    sql,
    async document() {
      const [row] = await sql(`insert into documents (title, owner_id) values ('t', $1) returning id`, [author.userId]);
      await sql('insert into draft_heads (document_id) values ($1)', [row?.id]);
      return String(row?.id);
    },
    journal(options = {}) {
      const journal = createJournal({
        databaseUrl,
        nodeId: `node-${randomBytes(3).toString('hex')}`,
        log: silentLog,
        statementTimeoutMs: 5_000,
        random: Math.random,
        maxWindowMs: 2,
        maxBatchEntries: 2_000,
        maxBatchBytes: 8 * 1_048_576,
        ...options,
      });
      journals.push(journal);
      return journal;
    },
    async logged(documentId) {
      const rows = await sql('select seq, user_id, update from draft_updates where document_id = $1 order by seq', [
        documentId,
      ]);
      return rows.map((row) => ({
        seq: Number(row.seq),
        userId: String(row.user_id),
        update: row.update as Buffer,
      }));
    },
    async head(documentId) {
      const [row] = await sql('select * from draft_heads where document_id = $1', [documentId]);
      return {
        epoch: Number(row?.epoch),
        headSeq: Number(row?.head_seq),
        ownerNode: (row?.owner_node ?? null) as string | null,
        snapshotSeq: Number(row?.snapshot_seq),
      };
    },
    async close() {
      await Promise.all(journals.map((journal) => journal.close(0)));
      await pool.end();
    },
  };
}

/** The open end of a document's journal, with all its entries and outcomes. */
export class RecordedLog {
  readonly documentId: string;
  readonly outcomes: Settled[] = [];
  /** Text of each entry by seq. */
  readonly appended = new Map<number, string>();
  #log: DraftLog;
  #author: Author;
  #open = true;

  constructor(journal: Pick<Journal, 'openLog'>, documentId: string, claim: Claim, author: Author) {
    this.documentId = documentId;
    this.#author = author;
    this.#log = journal.openLog(documentId, claim, (outcome) => {
      if (outcome.kind !== 'committed') this.#open = false;
      this.outcomes.push(outcome);
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get committed(): number {
    return this.outcomes.reduce((seq, outcome) => (outcome.kind === 'committed' ? outcome.throughSeq : seq), 0);
  }

  append(text: string, more: Partial<Entry> = {}): number {
    const seq = this.#log.append({ update: Buffer.from(text), author: this.#author, newClients: [], ...more });
    this.appended.set(seq, text);
    return seq;
  }

  close(): void {
    this.#log.close();
  }

  /** Waits until everything up to `seq` is committed, or the log has ended. */
  async through(seq: number): Promise<void> {
    await until(() => this.committed >= seq || !this.#open);
  }
}

/** Claims a document that nobody holds and opens its log. */
export async function openFor(
  bench: JournalBench,
  journal: PostgresJournal,
  documentId: string,
): Promise<{ claim: Claim; log: RecordedLog }> {
  const { epoch } = await bench.head(documentId);
  const claim = await journal.claim(documentId, epoch);
  if (!claim) throw new Error('the document was claimed by somebody else');
  return { claim, log: new RecordedLog(journal, documentId, claim, bench.author) };
}

/** A wire to a TCP server that can be cut or stopped on demand. */
export interface Wire {
  /** The same URL through the wire. */
  readonly url: string;
  /** Cuts each connection at the next bytes that the server sends on it: the request arrived, its answer does not. */
  cutAtNextAnswer(): void;
  /** Cuts each connection at the next bytes that the client sends: the request never arrives. */
  cutAtNextRequest(): void;
  /** Nothing passes in either direction until `flow`. */
  hold(): void;
  flow(): void;
  /** Cuts all connections; those that follow lead to another server. */
  turnTo(url: string): void;
  cuts(): number;
  close(): Promise<void>;
}

export async function wireTo(url: string): Promise<Wire> {
  let target = new URL(url);
  let mode: 'flow' | 'hold' | 'cut-answer' | 'cut-request' = 'flow';
  let cuts = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    const pass = (from: Socket, to: Socket, fatal: typeof mode): void => {
      from.on('data', (chunk: Buffer) => {
        if (mode === fatal) {
          cuts += 1;
          mode = 'flow';
          end();
        } else to.write(chunk);
      });
      from.on('error', end);
      from.on('close', end);
      if (mode === 'hold') from.pause();
    };
    pass(client, upstream, 'cut-request');
    pass(upstream, client, 'cut-answer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxied = new URL(url);
  proxied.port = String((server.address() as { port: number }).port);
  const all = () => [...pairs].flat();
  return {
    url: proxied.href,
    cutAtNextAnswer: () => {
      mode = 'cut-answer';
    },
    cutAtNextRequest: () => {
      mode = 'cut-request';
    },
    hold() {
      mode = 'hold';
      for (const socket of all()) socket.pause();
    },
    flow() {
      mode = 'flow';
      for (const socket of all()) socket.resume();
    },
    turnTo(other) {
      target = new URL(other);
      for (const socket of all()) socket.destroy();
    },
    cuts: () => cuts,
    async close() {
      for (const socket of all()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
