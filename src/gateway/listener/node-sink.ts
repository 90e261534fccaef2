/**
 * Writes one response to a node:http ServerResponse. It does not know handlers; Exchange drives it.
 */
import type { ServerResponse } from 'node:http';
import type { ResponseSink } from './exchange.ts';
import { reasonPhrase } from './problem.ts';
import type { UnreadOfConnection } from './unread-bytes.ts';

/** How long a refused client may go on sending, so that it reads the refusal before the connection ends. */
const LINGER_MS = 500;
/** Up to here copying a body costs less than writing it apart from its head. */
const ONE_WRITE_BYTES = 16_384;

/** Counts what the socket of a response has not taken yet; whoever asks for it ends it. */
export type Waits = (response: ServerResponse, buffer: ArrayBufferLike) => UnreadOfConnection;

export class NodeSink implements ResponseSink {
  onWritable: () => void = () => undefined;
  readonly #response: ServerResponse;
  readonly #closeAfter: () => boolean;
  readonly #waits: Waits;
  #unread: UnreadOfConnection | undefined;
  #hasWaited = false;

  /** `closeAfter` is asked when the head is written: whether this connection serves no further request. */
  constructor(response: ServerResponse, closeAfter: () => boolean, waits: Waits) {
    this.#response = response;
    this.#closeAfter = closeAfter;
    this.#waits = waits;
    response.on('drain', () => {
      if (this.#unread) response.socket?.setTimeout(0);
      this.#unread?.end();
      this.#unread = undefined;
      this.onWritable();
    });
  }

  sendWhole(status: number, headers: Headers, body: Uint8Array | string): void {
    this.#head(status, headers, Buffer.byteLength(body));
    if (typeof body === 'string' || body.byteLength > ONE_WRITE_BYTES) {
      this.#response.end(body);
      if (typeof body !== 'string' && isWaiting(this.#response)) this.#wait(body.buffer);
      return;
    }
    // Node joins its head with a body that is a string; beside bytes it makes two buffers and a costlier writev.
    this.#response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1');
  }

  sendHead(status: number, headers: Headers, contentLength: number | undefined): void {
    this.#head(status, headers, contentLength);
    this.#response.end();
  }

  begin(status: number, headers: Headers, contentLength: number | undefined): void {
    this.#head(status, headers, contentLength);
    this.#response.flushHeaders();
  }

  write(chunk: Uint8Array): boolean {
    const more = this.#response.write(chunk);
    if (!more && isWaiting(this.#response)) this.#wait(chunk.buffer);
    return more;
  }

  finish(): void {
    this.#response.end();
  }

  refuse(status: number, headers: Headers, body: string): void {
    const { socket } = this.#response;
    this.#response.shouldKeepAlive = false;
    this.#head(status, headers, Buffer.byteLength(body));
    this.#response.write(body);
    // Ending at once would reset a connection that still carries the request, and lose the refusal.
    const timer = setTimeout(() => socket?.destroy(), LINGER_MS);
    const end = (): void => {
      clearTimeout(timer);
      this.#response.end();
    };
    this.#response.req.once('end', end).once('close', end).resume();
  }

  destroy(): void {
    this.#response.destroy();
  }

  #wait(buffer: ArrayBufferLike): void {
    // Once: a stream may have to wait again and again.
    if (!this.#hasWaited) this.#response.once('close', () => this.#unread?.end());
    this.#hasWaited = true;
    this.#unread ??= this.#waits(this.#response, buffer);
  }

  #head(status: number, headers: Headers, contentLength: number | undefined): void {
    if (this.#closeAfter()) this.#response.shouldKeepAlive = false;
    const pairs: string[] = [];
    for (const [name, value] of headers) if (!ownHeader(name)) pairs.push(name, value);
    if (contentLength !== undefined) pairs.push('content-length', String(contentLength));
    this.#response.writeHead(status, reasonPhrase(status), pairs);
  }
}

/** Headers that describe the connection, not the answer: the listener writes these itself. */
export function ownHeader(name: string): boolean {
  return name === 'content-length' || name === 'transfer-encoding' || name === 'connection' || name === 'keep-alive';
}

/** Whether the system has not taken all that was written. */
export const isWaiting = ({ socket }: ServerResponse): boolean => socket !== null && socket.writableLength > 0;
