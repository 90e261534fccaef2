/**
 * A request's body between the socket that pushes it and the handler that reads it, or never does.
 * It does not know which listener feeds it: that one gives `pause` and `resume`, and answers the client itself.
 *
 * BODY1 (LISTENER1) At most HIGH_WATER bytes and one chunk wait here unread: the socket is paused beyond that.
 * BODY2 Over a limit, `onTooLarge` is called once, the reader sees an error, and further bytes are thrown away.
 * BODY3 `discard` makes every later byte vanish, so that an unread body cannot hold its connection.
 */

const HIGH_WATER_BYTES = 65_536;

export interface BodyFlow {
  limitBytes: number;
  /** For readers that gather all of it. */
  gatherLimitBytes: number;
  pause(): void;
  resume(): void;
  onTooLarge(): void;
}

export class RequestBody {
  readonly #flow: BodyFlow;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #receivedBytes = 0;
  #paused = false;
  #state: 'open' | 'complete' | 'failed' | 'discarded' = 'open';
  #error: unknown;
  #waiter: (() => void) | undefined;
  #stream: ReadableStream<Uint8Array> | undefined;
  #gathered = false;

  constructor(flow: BodyFlow) {
    this.#flow = flow;
  }

  /** All bytes have arrived. */
  get complete(): boolean {
    return this.#state === 'complete';
  }

  /** It has been gathered, or is being so. */
  get gathered(): boolean {
    return this.#gathered;
  }

  /** The next bytes; the array must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#receivedBytes += chunk.byteLength;
    const limit = this.#gathered ? Math.min(this.#flow.gatherLimitBytes, this.#flow.limitBytes) : this.#flow.limitBytes;
    if (this.#receivedBytes > limit) {
      this.#tooLarge(); // BODY2
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.byteLength;
    if (this.#queuedBytes > HIGH_WATER_BYTES && this.#waiter === undefined && !this.#paused) {
      this.#paused = true; // BODY1
      this.#flow.pause();
    }
    this.#wake();
  }

  /** The body ended as it should. */
  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'complete';
    this.#wake();
  }

  /** The body will never be complete; its reader sees this error. */
  fail(error: unknown): void {
    if (this.#state === 'failed' || this.#state === 'complete') return;
    this.#error = error;
    this.#state = 'failed';
    this.#drop();
  }

  /** Nobody will read what is left. */
  discard(): void {
    if (this.#state === 'failed') return;
    if (this.#state === 'open') {
      this.#error = new TypeError('The request was answered before its body was read');
      this.#state = 'discarded'; // BODY3
    }
    this.#drop();
  }

  /** The body as a stream, at the reader's pace. The same one each time. */
  stream(): ReadableStream<Uint8Array> {
    this.#stream ??= new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.#next();
          if (chunk === null) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: () => this.discard(),
      },
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  /** All bytes, up to the gathering limit. Rejects with what ended the body early. */
  async gather(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#gathered || this.#stream !== undefined) throw new TypeError('Body is unusable: it has been read already');
    this.#gathered = true;
    if (this.#receivedBytes > this.#flow.gatherLimitBytes) this.#tooLarge();
    const chunks: Uint8Array[] = [];
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) chunks.push(chunk);
    const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
    let offset = 0;
    for (const chunk of chunks) {
      all.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return all;
  }

  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#state === 'failed' || this.#state === 'discarded') throw this.#error;
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#queuedBytes -= chunk.byteLength;
        if (this.#queuedBytes === 0) this.#resume();
        return chunk;
      }
      if (this.#state === 'complete') return null;
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
        this.#resume();
      });
    }
  }

  #tooLarge(): void {
    this.#error = new RangeError('The request body is larger than allowed');
    this.#state = 'failed';
    this.#drop();
    this.#flow.onTooLarge();
  }

  #drop(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#resume();
    this.#wake();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#flow.resume();
  }

  #wake(): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.();
  }
}
