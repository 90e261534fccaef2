/**
 * Writes one response to a uWS HttpResponse. It does not know handlers; Exchange drives it.
 *
 * U1 The native response may not be touched after its end or its abort: every call checks `#live`.
 * U2 Every write is corked, so that a head and its first bytes leave in one system call.
 * U5 The native `closeConnection` flag is for whole bodies only: after a first chunk its header would go out as body.
 * U6 uWS copies what the socket does not take of an `end` or a `write`, without bound. A body with a length goes out with
 *    `tryEnd`, which keeps nothing; of a chunked one only a piece is left to uWS at a time.
 * U7 With `onWritable` set uWS does not send what it has copied by itself: an empty cork does.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { ResponseSink } from './exchange.ts';
import { ownHeader } from './node-sink.ts';
import { reasonPhrase } from './problem.ts';
import type { UnreadOfConnection } from './unread-bytes.ts';

/** How long a refused client's body is thrown away before the refusal: a reset would lose the answer with it. */
const LINGER_MS = 250;
/** Of a chunked body, what is written at once: all that is copied of it while the client does not read. */
const PIECE_BYTES = 32_768;

interface Head {
  status: number;
  headers: Headers;
}

/** Begins to count what this connection waits with; `cut` ends it. */
export type Wait = (cut: () => void) => UnreadOfConnection;

const encoder = new TextEncoder();

export class UwsSink implements ResponseSink {
  onWritable: () => void = () => undefined;
  readonly #response: HttpResponse;
  readonly #closeAfter: () => boolean;
  readonly #onDone: () => void;
  readonly #wait: Wait;
  #live = true;
  #head: Head | undefined;
  #totalBytes: number | undefined;
  /** What the socket has not taken of the last chunk. */
  #rest: Uint8Array | undefined;
  #restOffset = 0;
  #unread: UnreadOfConnection | undefined;
  #finishing = false;
  #linger: NodeJS.Timeout | undefined;
  #refusal: (() => void) | undefined;

  /** `closeAfter` is asked at the end: whether the connection serves no further request. `onDone` follows the last byte. */
  constructor(response: HttpResponse, closeAfter: () => boolean, wait: Wait, onDone: () => void) {
    this.#response = response;
    this.#closeAfter = closeAfter;
    this.#wait = wait;
    this.#onDone = onDone;
  }

  /** The connection is lost. */
  aborted(): void {
    this.#done();
  }

  /** The whole request has arrived: a refused client need not linger. */
  requestComplete(): void {
    // U8: not while uWS reads on from the same bytes.
    if (this.#refusal) setImmediate(this.#refusal);
  }

  sendWhole(status: number, headers: Headers, body: Uint8Array | string): void {
    if (!this.#live) return;
    const close = this.#closeAfter();
    const bytes = typeof body === 'string' ? encoder.encode(body) : body;
    if (bytes.byteLength === 0 || (close && bytes.byteLength <= PIECE_BYTES)) {
      this.#response.cork(() => {
        this.#writeHead({ status, headers });
        this.#response.end(bytes, close);
      });
      this.#done();
      return;
    }
    this.#totalBytes = bytes.byteLength;
    this.#finishing = true;
    this.#response.cork(() => {
      this.#writeHead({ status, headers });
      if (close) this.#response.writeHeader('connection', 'close');
      if (!this.#tryWrite(bytes, bytes.byteLength)) this.#response.onWritable((offset) => this.#drained(offset));
    });
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
      more = this.#totalBytes === undefined ? this.#writePieces(chunk) : this.#tryWrite(chunk, this.#totalBytes);
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
    if (!this.#live || this.#refusal) return;
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
    this.#unread?.end();
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

  /** True if the socket took all of it. U6 */
  #tryWrite(chunk: Uint8Array, totalBytes: number): boolean {
    const offset = this.#response.getWriteOffset();
    const fitting = chunk.subarray(0, totalBytes - offset);
    const [ok, ended] = this.#response.tryEnd(fitting, totalBytes);
    if (ended) {
      this.#done();
      return true;
    }
    if (ok) return true;
    this.#keep(fitting, offset);
    return false;
  }

  /** The same of a chunked body. U6 */
  #writePieces(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
      if (this.#response.write(chunk.subarray(at, at + PIECE_BYTES))) continue;
      this.#keep(chunk.subarray(at + PIECE_BYTES), 0);
      return false;
    }
    return true;
  }

  #keep(rest: Uint8Array, offset: number): void {
    this.#rest = rest;
    this.#restOffset = offset;
    if (this.#unread) {
      this.#unread.progressed();
      return;
    }
    this.#unread = this.#wait(() => setImmediate(() => this.destroy()));
    this.#unread.add(rest.buffer);
  }

  #drained(offset: number): boolean {
    const rest = this.#rest;
    this.#rest = undefined;
    let more = true;
    this.#response.cork(() => {
      // U7: with nothing left, the cork is all there is.
      if (rest === undefined || rest.byteLength === 0) return;
      more =
        this.#totalBytes === undefined
          ? this.#writePieces(rest)
          : this.#tryWrite(rest.subarray(offset - this.#restOffset), this.#totalBytes);
    });
    if (!more) return false;
    this.#unread?.end();
    this.#unread = undefined;
    if (this.#finishing) this.finish();
    this.onWritable();
    return true;
  }
}
