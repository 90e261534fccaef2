/**
 * The journal's own PostgreSQL connection: one session with `synchronous_commit=on` (I1) and prepared statements, made
 * again whenever it is lost. Knows nothing of batches.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../ports/logger.ts';

const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 1_000;
/** A goodbye that the server does not answer by then is cut short, milliseconds. */
const GOODBYE_MS = 500;

export interface QueryRows {
  rows: Record<string, unknown>[];
}

export class JournalConnection {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #client: pg.Client | undefined;
  #connecting: Promise<boolean> | undefined;

  constructor(url: string, timeoutMs: number, log: Logger) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#log = log;
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Waits, as long as it takes, for a session. False: closed meanwhile. */
  ready(): Promise<boolean> {
    if (this.#client) return Promise.resolve(true);
    // All who wait, wait for the same session: a second one would be forgotten and stay open.
    this.#connecting ??= this.#untilConnected().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #untilConnected(): Promise<boolean> {
    for (let waitMs = RECONNECT_MIN_MS; ; waitMs = Math.min(waitMs * 2, RECONNECT_MAX_MS)) {
      if (this.#closing.signal.aborted) return false;
      if (this.#client) return true;
      try {
        const client = await this.#connect();
        if (!this.#closing.signal.aborted) this.#client = client;
        else await sayGoodbye(client);
      } catch (error) {
        this.#log.warn({ error: String(error), retryInMs: waitMs }, 'journal: the database cannot be reached');
        await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /** Runs a prepared statement. Throws the server's error, or any error when the session was lost: outcome unknown. */
  async query(name: string, text: string, values: unknown[]): Promise<QueryRows> {
    const client = this.#client;
    if (!client) throw new Error('the journal has no connection');
    let timer: NodeJS.Timeout | undefined;
    try {
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${this.#timeoutMs} ms`)), this.#timeoutMs);
      });
      return await Promise.race([client.query({ name, text, values }), timeout]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || isSessionEnding(error.code)) this.#drop(client);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const client = this.#client;
    this.#client = undefined;
    if (client) await sayGoodbye(client);
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'stet journal',
      options: '-c synchronous_commit=on -c plan_cache_mode=force_generic_plan -c jit=off',
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    client.on('error', (error) => {
      this.#log.warn({ error: error.message }, 'journal: connection lost');
      this.#drop(client);
    });
    client.on('end', () => this.#drop(client));
    await client.connect();
    this.#log.info({}, 'journal: connected');
    return client;
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    // The socket, not a polite goodbye: a server that hangs would keep it.
    destroySocket(client);
  }
}

function destroySocket(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

async function sayGoodbye(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await Promise.race([ended, delay(GOODBYE_MS, undefined, { ref: false })]);
  destroySocket(client);
}

/** SQLSTATE classes after which the session is gone: connection exceptions and operator intervention. */
function isSessionEnding(code: string | undefined): boolean {
  return code === undefined || code.startsWith('08') || code.startsWith('57P');
}
