/**
 * Writes one response to a uWS HttpResponse. It does not know handlers; Exchange drives it.
 *
 * U1 The native response may not be touched after its end or its abort: every call checks `#live`.
 * U2 Every write is corked, so that a head and its first bytes leave in one system call.
 * U5 The native `closeConnection` flag is for whole bodies only: after a first chunk its header would go out as body.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { ResponseSink } from './exchange.ts';
import { ownHeader } from './node-sink.ts';
import { reasonPhrase } from './problem.ts';

/** How long a refused client's body is thrown away before the refusal: a reset would lose the answer with it. */
const LINGER_MS = 250;

interface Head {
  status: number;
  headers: Headers;
}

export class UwsSink implements ResponseSink {
  onWritable: () => void = () => undefined;
  readonly #response: HttpResponse;
  readonly #closeAfter: () => boolean;
  readonly #onDone: () => void;
  #live = true;
  #head: Head | undefined;
  #totalBytes: number | undefined;
  #rest: Uint8Array | undefined;
  #restOffset = 0;
  #finishing = false;
  #linger: NodeJS.Timeout | undefined;
  #refusal: (() => void) | undefined;

  /** `closeAfter` is asked at the end: whether the connection serves no further request. `onDone` follows the last byte. */
  constructor(response: HttpResponse, closeAfter: () => boolean, onDone: () => void) {
    this.#response = response;
    this.#closeAfter = closeAfter;
    this.#onDone = onDone;
  }

  /** The connection is lost. */
  aborted(): void {
    this.#done();
  }

  /** The whole request has arrived: a refused client need not linger. */
  requestComplete(): void {
    this.#refusal?.();
  }

  sendWhole(status: number, headers: Headers, body: Uint8Array | string): void {
    if (!this.#live) return;
    const close = this.#closeAfter();
    this.#response.cork(() => {
      this.#writeHead({ status, headers });
      this.#response.end(body, close);
    });
    this.#done();
  }

  sendHead(status: number, headers: Headers, contentLength: number | undefined): void {
    if (!this.#live) return;
    const close = this.#closeAfter();
    this.#response.cork(() => {
      this.#writeHead({ status, headers });
      if (contentLength !== undefined) {
        this.#response.endWithoutBody(contentLength, close);
        return;
      }
      if (close) this.#response.writeHeader('connection', 'close');
      // With any argument, undefined too, it would report a length.
      this.#response.endWithoutBody();
    });
    this.#done();
  }

  /** uWS ends the head only with the first bytes of the body, so it waits for these. */
  begin(status: number, headers: Headers, contentLength: number | undefined): void {
    if (!this.#live) return;
    this.#head = { status, headers };
    this.#totalBytes = contentLength;
    this.#response.onWritable((offset) => this.#drained(offset));
  }

  write(chunk: Uint8Array): boolean {
    if (!this.#live || chunk.byteLength === 0) return true;
    let more = true;
    this.#response.cork(() => {
      this.#flushHead();
      more = this.#totalBytes === undefined ? this.#response.write(chunk) : this.#tryWrite(chunk, this.#totalBytes);
    });
    return more;
  }

  finish(): void {
    if (!this.#live) return;
    if (this.#rest !== undefined) {
      this.#finishing = true;
      return;
    }
    if (this.#totalBytes !== undefined && this.#totalBytes > 0) {
      // Fewer bytes than promised: only a cut connection says so.
      this.destroy();
      return;
    }
    this.#response.cork(() => {
      this.#flushHead();
      this.#response.end(); // U5
    });
    this.#done();
  }

  refuse(status: number, headers: Headers, body: string): void {
    if (!this.#live) return;
    this.#refusal = () => this.#endRefusal(status, headers, body);
    this.#linger = setTimeout(this.#refusal, LINGER_MS);
  }

  destroy(): void {
    if (!this.#live) return;
    this.#response.close();
    this.#done();
  }

  #endRefusal(status: number, headers: Headers, body: string): void {
    if (!this.#live) return;
    this.#response.cork(() => {
      this.#writeHead({ status, headers });
      this.#response.end(body, true);
    });
    this.#done();
  }

  #done(): void {
    if (!this.#live) return;
    this.#live = false;
    clearTimeout(this.#linger);
    this.onWritable();
    this.#onDone();
  }

  #flushHead(): void {
    if (this.#head === undefined) return;
    this.#writeHead(this.#head);
    if (this.#closeAfter()) this.#response.writeHeader('connection', 'close'); // U5
    this.#head = undefined;
  }

  #writeHead({ status, headers }: Head): void {
    this.#response.writeStatus(`${status} ${reasonPhrase(status)}`);
    for (const [name, value] of headers) if (!ownHeader(name)) this.#response.writeHeader(name, value);
  }

  // tryEnd keeps nothing that the socket does not take: the rest of the chunk waits here.
  #tryWrite(chunk: Uint8Array, totalBytes: number): boolean {
    const offset = this.#response.getWriteOffset();
    const fitting = chunk.subarray(0, totalBytes - offset);
    const [ok, ended] = this.#response.tryEnd(fitting, totalBytes);
    if (ended) {
      this.#done();
      return true;
    }
    if (ok) return true;
    this.#rest = fitting;
    this.#restOffset = offset;
    return false;
  }

  #drained(offset: number): boolean {
    if (this.#rest !== undefined && this.#totalBytes !== undefined) {
      const rest = this.#rest.subarray(offset - this.#restOffset);
      this.#rest = undefined;
      if (!this.#tryWrite(rest, this.#totalBytes)) return false;
      if (this.#finishing) this.finish();
    }
    this.onWritable();
    return true;
  }
}
