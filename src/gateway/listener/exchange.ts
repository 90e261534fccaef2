/**
 * One request and its response, from the handler's call to the last byte: the part that both listeners share.
 * It does not know sockets; a ResponseSink writes. It ends exactly once, and then calls `onEnd`.
 *
 * X1 (LISTENER2) A handler that throws before the head went out gives 500; after it, the connection is cut, so that no
 *    client takes half a body for a whole one.
 * X2 Backpressure: no chunk is read from the handler's stream before the sink took the last one.
 * X3 Once the client is gone: the signal aborts, the response's stream is cancelled, nothing is written.
 */
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import type { LazyRequest } from './lazy-request.ts';
import type { FetchHandler, FetchInfo } from './listener.ts';
import { type Fields, problem } from './problem.ts';
import type { RequestBody } from './request-body.ts';

/** Where one response is written. Each call may run outside any callback of the socket's own. */
export interface ResponseSink {
  /** The head and all of the body, with its Content-Length. */
  sendWhole(status: number, headers: Headers, body: Uint8Array | string): void;
  /** A head without body (HEAD, 204, 304), naming the length that GET would have, if known. */
  sendHead(status: number, headers: Headers, contentLength: number | undefined): void;
  /** The head of a streamed body; without a length it is chunked. */
  begin(status: number, headers: Headers, contentLength: number | undefined): void;
  /** True if more is welcome; false: wait for `onWritable`. */
  write(chunk: Uint8Array): boolean;
  finish(): void;
  /** Answers by the listener's own will and ends the connection, giving the client a moment to read it. */
  refuse(status: number, headers: Headers, body: string): void;
  /** Cuts the connection. */
  destroy(): void;
  onWritable: () => void;
}

interface ExchangeOptions {
  request: LazyRequest;
  body: RequestBody | null;
  sink: ResponseSink;
  log: Logger;
  /** For answers that are not the handler's. */
  policies(): Fields;
  onEnd(): void;
}

type Phase = 'handling' | 'streaming' | 'ended';

export class Exchange {
  readonly #request: LazyRequest;
  readonly #body: RequestBody | null;
  readonly #sink: ResponseSink;
  readonly #log: Logger;
  readonly #policies: () => Fields;
  readonly #onEnd: () => void;
  #phase: Phase = 'handling';
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #wake: (() => void) | undefined;

  constructor(options: ExchangeOptions) {
    this.#request = options.request;
    this.#body = options.body;
    this.#sink = options.sink;
    this.#log = options.log;
    this.#policies = options.policies;
    this.#onEnd = options.onEnd;
    this.#sink.onWritable = () => this.#resume();
  }

  /** Calls the handler and sends what it answers. Never throws or rejects. */
  run(handler: FetchHandler, info: FetchInfo): void {
    try {
      const answer = handler(this.#request.asRequest(), info);
      if (answer instanceof Response) this.#answer(answer);
      else
        Promise.resolve(answer)
          .then((response) => this.#answer(response))
          .catch((error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The listener's own answer, in place of the handler's (413, 408). */
  refuse(code: ErrorCode): void {
    if (this.#phase === 'ended') return;
    const { status, headers, body } = problem(code, this.#policies());
    if (this.#phase === 'handling') this.#sink.refuse(status, headers, body);
    else this.#sink.destroy();
    this.#end(new Error(`The request was refused: ${code}`));
  }

  /** The connection is lost, or the listener cuts it. */
  clientGone(): void {
    if (this.#phase === 'ended') return;
    this.#end(new DOMException('The client closed the connection', 'AbortError')); // X3
  }

  #answer(response: Response): void {
    if (!(response instanceof Response)) throw new TypeError('A fetch handler must return a Response');
    if (this.#phase !== 'handling') {
      cancel(response.body, 'nobody waits for it');
      return;
    }
    const { status, headers, body } = response;
    if (this.#request.method === 'HEAD' || status === 204 || status === 304) {
      const length = status === 204 ? undefined : lengthOf(headers);
      cancel(body, 'a response without body');
      this.#settle(() => this.#sink.sendHead(status, headers, length));
    } else if (body === null) {
      this.#settle(() => this.#sink.sendWhole(status, headers, ''));
    } else {
      this.#reader = body.getReader();
      this.#pump(status, headers, this.#reader).catch((error) => this.#fail(error));
    }
  }

  async #pump(status: number, headers: Headers, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const first = await reader.read();
    let next = first.done ? undefined : reader.read();
    if (this.#phase !== 'handling') return;
    // Most bodies are one chunk: these go out with their head and length in one write.
    if (next === undefined || (await readSoon(next))?.done === true) {
      if (this.#phase === 'handling') this.#settle(() => this.#sink.sendWhole(status, headers, first.value ?? ''));
      return;
    }
    if (this.#phase !== 'handling') return;
    this.#phase = 'streaming';
    // X2 waits for the client; a handler that gives up must not wait with it.
    reader.closed.catch((error) => this.#fail(error));
    this.#sink.begin(status, headers, lengthOf(headers));
    let chunk: Uint8Array | undefined = first.value;
    while (chunk !== undefined) {
      if (!this.#sink.write(asBytes(chunk))) await this.#writable(); // X2
      const read: Awaited<ReturnType<typeof reader.read>> = await next!;
      if (this.#isEnded()) return;
      next = read.done ? undefined : reader.read();
      chunk = read.value;
    }
    this.#settle(() => this.#sink.finish());
  }

  // A method, because the compiler would not believe that awaits change the phase.
  #isEnded(): boolean {
    return this.#phase === 'ended';
  }

  async #writable(): Promise<void> {
    if (this.#phase === 'ended') return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #resume(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #fail(error: unknown): void {
    if (this.#phase === 'ended') return;
    const { method, url } = this.#request;
    const isCalledOff = error instanceof DOMException && error.name === 'AbortError';
    this.#log[isCalledOff ? 'debug' : 'error'](
      { err: error, method, path: new URL(url).pathname },
      'request handler failed',
    );
    if (this.#phase === 'streaming') {
      this.#settle(() => this.#sink.destroy()); // X1
      return;
    }
    const { status, headers, body } = problem('internal', this.#policies());
    this.#settle(() => this.#sink.sendWhole(status, headers, body));
  }

  #settle(write: () => void): void {
    this.#phase = 'ended';
    try {
      write();
    } finally {
      this.#body?.discard();
      this.#release(undefined);
      this.#onEnd();
    }
  }

  #end(reason: Error): void {
    this.#phase = 'ended';
    this.#request.abortWith(reason);
    this.#body?.fail(reason);
    this.#release(reason);
    this.#onEnd();
  }

  #release(reason: Error | undefined): void {
    this.#resume();
    // After a whole read this is a no-op; else the handler's stream learns that nobody reads on.
    this.#reader?.cancel(reason).catch(() => undefined);
  }
}

function cancel(body: ReadableStream | null, reason: string): void {
  body?.cancel(reason).catch(() => undefined);
}

function lengthOf(headers: Headers): number | undefined {
  const value = headers.get('content-length');
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('A response stream must give Uint8Array chunks');
}

/** The result, if it is there within a few turns of the microtask queue; undefined if it takes longer. */
async function readSoon<T>(promise: Promise<T>): Promise<T | undefined> {
  let result: T | undefined;
  promise.then(
    (value) => {
      result = value;
    },
    // The pump awaits the same promise and reports it.
    () => undefined,
  );
  for (let turn = 0; turn < 4 && result === undefined; turn++) await undefined;
  return result;
}
