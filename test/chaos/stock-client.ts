// A client of the author protocol that was built from PROTOCOL.md alone, of stock parts: one Y.Doc, and the rules of
// "Order, gaps and recovery". It shares nothing with the SDK, so that both prove the page. The example of the page is the same, shorter.
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import * as Y from 'yjs';

export interface StockClientOptions {
  readonly url: string;
  readonly token: string;
  readonly doc: string;
  readonly random: () => number;
  /** All that was typed is committed. */
  readonly onSaved: () => void;
}

interface Failed {
  ok: false;
  error: { code: string; message: string; retryAfterMs?: number };
}
type Opened = { ok: true; epoch: number; seq: number; update: Uint8Array; stateVector: Uint8Array };
type Edited = { ok: true; n: number; seq: number; unchanged?: true };
interface News {
  epoch: number;
  from: number;
  seq: number;
  update: Uint8Array;
}

/** Without an answer by then the node hangs: another connection is made, milliseconds. */
const ANSWER_MS = 4_000;
/** What is a moment late need not be asked for, milliseconds. */
const SOON_MS = 300;
const RECONNECT_MS = { min: 30, max: 2_000 } as const;
/** Answers after which the very same edit can be sent again (rule 10), and those after which the document is opened (rule 5). */
const SAME_AGAIN = new Set(['rate_limited', 'overloaded']);
const OPEN_AGAIN = new Set(['reopen', 'not_open', 'update_unknown_base']);

export class StockClient {
  readonly ydoc = new Y.Doc();
  readonly #options: StockClientOptions;
  readonly #socket: Socket;
  /** Where we are; undefined while the document is not open. */
  #at: { epoch: number; seq: number } | undefined;
  /** Positions of what came before the answer to `open` (rule 6). */
  #early: News[] = [];
  /** Distinguishes answers to an earlier `open`, and to edits before it, from those that count. */
  #life = 0;
  #n = 0;
  #pending: Uint8Array[] = [];
  #inFlight = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** The last refusal that time does not mend. */
  refused = 'none';

  constructor(options: StockClientOptions) {
    this.#options = options;
    this.#socket = io(options.url, {
      parser,
      transports: ['websocket'],
      forceNew: true,
      auth: { token: options.token },
      reconnectionDelay: RECONNECT_MS.min,
      reconnectionDelayMax: RECONNECT_MS.max,
      timeout: ANSWER_MS,
    });
    this.#socket.on('connect', () => void this.#open());
    this.#socket.on('connect_error', () => this.#comeBack());
    this.#socket.on('disconnect', () => {
      this.#forget();
      this.#comeBack();
    });
    this.#socket.on('drain', ({ reconnectInMs }: { reconnectInMs: number }) =>
      this.#later(reconnectInMs, () => this.#move()),
    );
    this.#socket.on('reopen', () => void this.#open());
    this.#socket.on('access', () => void this.#open());
    this.#socket.on('edits', (news: News) => this.#onEdits(news));
    this.#socket.on('head', ({ epoch, seq }: News) => {
      if (this.#at && (epoch !== this.#at.epoch || seq > this.#at.seq)) this.#openSoon();
    });
    this.ydoc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      this.#pending.push(update);
      void this.#flush();
    });
  }

  get isSaved(): boolean {
    return this.#at !== undefined && this.#pending.length === 0 && !this.#inFlight;
  }

  describe(): string {
    const { connected, active } = this.#socket;
    const { refused } = this;
    return JSON.stringify({
      connected,
      active,
      open: this.#at,
      pending: this.#pending.length,
      inFlight: this.#inFlight,
      refused,
    });
  }

  close(): void {
    this.#closed = true;
    this.#forget();
    this.#socket.disconnect();
    this.ydoc.destroy();
  }

  async #open(): Promise<void> {
    this.#forget();
    const life = this.#life;
    const answer = await this.#ask<Opened>('open', {
      clientID: this.ydoc.clientID,
      stateVector: Buffer.from(Y.encodeStateVector(this.ydoc)),
      mode: 'edit',
    });
    if (life !== this.#life) return;
    if (!answer) this.#move();
    else if (answer.ok) this.#onOpened(answer);
    else this.#onFailed(answer);
  }

  #onOpened({ epoch, seq, update, stateVector }: Opened): void {
    this.refused = 'none';
    this.#at = { epoch, seq };
    Y.applyUpdate(this.ydoc, update, this);
    const early = this.#early;
    this.#early = [];
    for (const news of early) this.#place(news);
    // Rule 5: what the server lacks, whatever was pending or in flight. Rule 9: what it has got meanwhile does no harm.
    this.#pending = [Y.encodeStateAsUpdate(this.ydoc, stateVector)];
    void this.#flush();
  }

  /** Rule 7: one edit in flight, and what is typed meanwhile merged into the next. */
  async #flush(): Promise<void> {
    if (!this.#at || this.#inFlight || this.#pending.length === 0) return;
    const life = this.#life;
    const update = Y.mergeUpdates(this.#pending);
    this.#pending = [];
    this.#inFlight = true;
    this.#n += 1;
    const answer = await this.#ask<Edited>('edit', { n: this.#n, update: Buffer.from(update) });
    // Rule 1: unknown. The open that ended this life finds out.
    if (life !== this.#life) return;
    this.#inFlight = false;
    if (!answer) return this.#move();
    if (answer.ok) {
      this.#onAcknowledged(answer);
      return;
    }
    this.#pending.unshift(update);
    if (SAME_AGAIN.has(answer.error.code)) this.#later(answer.error.retryAfterMs ?? SOON_MS, () => void this.#flush());
    else this.#onFailed(answer);
  }

  #onAcknowledged({ seq, unchanged }: Edited): void {
    if (!this.#at) return;
    if (seq > this.#at.seq + (unchanged ? 0 : 1)) this.#openSoon();
    else this.#at.seq = Math.max(this.#at.seq, seq);
    if (this.#pending.length === 0) this.#options.onSaved();
    void this.#flush();
  }

  #onEdits(news: News): void {
    Y.applyUpdate(this.ydoc, news.update, this);
    if (this.#at) this.#place(news);
    else this.#early.push(news);
  }

  /** Rule 3. */
  #place({ epoch, from, seq }: News): void {
    if (!this.#at) return;
    if (epoch !== this.#at.epoch || from > this.#at.seq + 1) this.#openSoon();
    else this.#at.seq = Math.max(this.#at.seq, seq);
  }

  #onFailed({ error: { code, retryAfterMs } }: Failed): void {
    this.#at = undefined;
    if (code === 'client_forged' && Y.getState(this.ydoc.store, this.ydoc.clientID) === 0) {
      this.ydoc.clientID = Math.floor(this.#options.random() * 2 ** 32);
      this.#later(SOON_MS, () => void this.#open());
    } else if (OPEN_AGAIN.has(code) || retryAfterMs !== undefined) {
      this.#later(retryAfterMs ?? SOON_MS, () => void this.#open());
    } else this.refused = code;
  }

  #openSoon(): void {
    this.#later(SOON_MS, () => void this.#open());
  }

  #forget(): void {
    this.#life += 1;
    this.#at = undefined;
    this.#inFlight = false;
    this.#early = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** To another connection, and so to another node if there is one. */
  #move(): void {
    this.#socket.disconnect().connect();
  }

  /** Socket.IO comes back by itself unless the server has ended the connection or refused it. */
  #comeBack(): void {
    if (this.#closed || this.#socket.active) return;
    void delay(RECONNECT_MS.max * this.#options.random(), undefined, { ref: false }).then(() => {
      if (!this.#closed && !this.#socket.active) this.#socket.connect();
    });
  }

  /** One thing at a time waits; what is opened anew makes it superfluous. */
  #later(ms: number, action: () => void): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#closed && this.#socket.connected) action();
    }, ms);
  }

  /** Undefined: no answer, by which nothing is known. */
  async #ask<T>(event: string, body: object): Promise<T | Failed | undefined> {
    try {
      return await this.#socket.timeout(ANSWER_MS).emitWithAck(event, { doc: this.#options.doc, ...body });
    } catch {
      return undefined;
    }
  }
}
