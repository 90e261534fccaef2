/**
 * The journal's own PostgreSQL connection: one session with `synchronous_commit=on` (I1) and prepared statements, replaced
 * whenever it is lost or cannot write. Does not know batches.
 *
 * A session counts only once it was seen to be able to write: behind the same address may be a standby, and a database that
 * is made read-only and writable again leaves its mark on the sessions that began meanwhile. Between statements the session
 * is checked every so often, so that a node without writes notices as well.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type BackoffPolicy, backoffMs, equalJitter } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import { answerWithin, withDeadline } from '../../../lib/deadline.ts';
import type { Logger } from '../../../lib/logger.ts';
import { type Periodic, periodic } from '../../../lib/periodic.ts';
import { describeTrouble, faultOf, isCommitWarning, type Notice, NotReplicated, NotWritable } from '../faults.ts';
import { END_SESSION } from '../pooled-session.ts';

const RECONNECT: BackoffPolicy = { firstMs: 50, longestMs: 1_000 };
/** An orderly end that the server does not answer by then becomes a hard one, milliseconds. */
const END_WITHIN_MS = 500;
const IDLE_CHECK_MS = 2_000;
/** A row locked by another session fails the statement after this, milliseconds: it must not delay all other documents. */
const LOCK_TIMEOUT_MS = 1_000;

/**
 * Settings of the session. Every statement of the journal finds its rows by their key, and one plan serves them all: made
 * while a table is small, it would read the whole table for each group commit, and go on so while the table grows.
 */
const SETTINGS = Object.entries({
  synchronous_commit: 'on',
  // Or a COMMIT that stopped waiting for its standby looks like any other (NotReplicated).
  client_min_messages: 'warning',
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  jit: 'off',
  lock_timeout: LOCK_TIMEOUT_MS,
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

const PROBE = `
SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only`;

export interface QueryRows {
  rows: Record<string, unknown>[];
}

export interface ConnectionOptions {
  url: string;
  /** Milliseconds after which an unanswered statement counts as lost. */
  timeoutMs: number;
  random: Random;
  log: Logger;
  /** A session can write again after none could. */
  onWritable?: (() => void) | undefined;
}

export class JournalConnection {
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #idleChecks: Periodic;
  #client: pg.Client | undefined;
  #connecting: Promise<boolean> | undefined;
  #inFlight = 0;
  /** Why nothing can be written; undefined: it can, as far as is known. */
  #trouble: string | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#idleChecks = periodic(IDLE_CHECK_MS, 'journal: check of the idle session', options.log, () =>
      this.#checkIdle(),
    );
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Milliseconds after which an unanswered statement counts as lost. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /** Why nothing can be written at the moment; undefined: it can. */
  get trouble(): string | undefined {
    return this.#trouble ?? (this.#client ? undefined : 'the database is unreachable');
  }

  /** Waits, as long as it takes, for a session that can write. False: closed meanwhile. */
  ready(): Promise<boolean> {
    if (this.#client) return Promise.resolve(true);
    // All callers wait for the same session: a second one would stay open unused.
    this.#connecting ??= this.#untilConnected().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #untilConnected(): Promise<boolean> {
    const { random } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      if (this.#closing.signal.aborted) return false;
      if (this.#client) return true;
      try {
        const client = await this.#connect();
        if (this.#closing.signal.aborted) {
          await endInOrder(client);
          return false;
        }
        this.#client = client;
        this.settled();
      } catch (error) {
        this.failed(error);
        // All nodes lose a database at the same moment: they shall not come back at the same moment.
        const waitMs = equalJitter(backoffMs(attempt, RECONNECT), random);
        await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /**
   * Runs a prepared statement. Throws the server's error, or any error when the session was lost: outcome unknown, as it is
   * when a warning came with it (NotReplicated).
   */
  async query(name: string, text: string, values: unknown[]): Promise<QueryRows> {
    const client = this.#client;
    if (!client) throw new Error('the journal has no connection');
    this.#inFlight += 1;
    let warning: string | undefined;
    const noticed = (notice: Notice): void => {
      // Of another statement's on the same session, too: one doubt more costs a read.
      if (isCommitWarning(notice)) warning = notice.message;
    };
    client.on('notice', noticed);
    let answer: QueryRows;
    try {
      answer = await answerWithin(client.query({ name, text, values }), this.#options.timeoutMs);
    } catch (error) {
      if (faultOf(error) === 'session') void this.#replace(client);
      throw error;
    } finally {
      client.off('notice', noticed);
      this.#inFlight -= 1;
    }
    if (warning !== undefined) throw new NotReplicated(warning);
    return answer;
  }

  /** Notes that nothing can be written; one line in the log for each reason, not for each failure. */
  failed(error: unknown): void {
    const trouble = describeTrouble(error);
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#options.log.warn({ err: error, reason: trouble }, 'journal: not writable');
  }

  /** Notes that something was written, or that nothing waits to be. */
  settled(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#options.log.info({}, 'journal: writable again');
    this.#options.onWritable?.();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    void this.#idleChecks.stop();
    const client = this.#client;
    this.#client = undefined;
    if (client) await endInOrder(client);
  }

  async #connect(): Promise<pg.Client> {
    const { url, timeoutMs, log } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'stet journal',
      options: SETTINGS,
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    client.on('error', (error) => {
      if (this.#client === client) this.failed(error);
      this.#drop(client);
    });
    client.on('end', () => this.#drop(client));
    try {
      await client.connect();
      await assertWritable(client, timeoutMs);
    } catch (error) {
      destroySocket(client);
      throw error;
    }
    log.info({}, 'journal: connected');
    return client;
  }

  /** An idle session may be lost, or become unable to write, without an event. */
  async #checkIdle(): Promise<void> {
    const client = this.#client;
    if (!client || this.#inFlight > 0) return;
    this.#inFlight += 1;
    try {
      await assertWritable(client, this.#options.timeoutMs);
    } catch (error) {
      if (this.#client === client) this.failed(error);
      this.#drop(client);
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** The session may still be there, and a pooler would assign it to another client: it is ended at the server. */
  async #replace(client: pg.Client): Promise<void> {
    if (this.#client === client) this.#client = undefined;
    const ended = client.query(END_SESSION).catch(() => undefined);
    await withDeadline(ended, END_WITHIN_MS, () => undefined);
    destroySocket(client);
    if (!this.#closing.signal.aborted) void this.ready();
  }

  #drop(client: pg.Client): void {
    // The socket, not an orderly end: a server that hangs would keep it.
    destroySocket(client);
    if (this.#client !== client) return;
    this.#client = undefined;
    // By itself: a node that is not ready gets no work that would ask for the session.
    void this.ready();
  }
}

/** @throws NotWritable, after the session was ended at the server */
async function assertWritable(client: pg.Client, timeoutMs: number): Promise<void> {
  const { rows } = await answerWithin(client.query<{ standby: boolean; read_only: boolean }>(PROBE), timeoutMs);
  const [state] = rows;
  if (state && !state.standby && !state.read_only) return;
  // Otherwise a pooler in between would assign it again as it is.
  await answerWithin(client.query(END_SESSION), timeoutMs).catch(() => undefined);
  throw new NotWritable(state?.standby ? 'the database is a standby' : 'the database is read-only');
}

function destroySocket(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

async function endInOrder(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await withDeadline(ended, END_WITHIN_MS, () => undefined);
  destroySocket(client);
}
