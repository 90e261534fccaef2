/**
 * The rest of a prepared response that its socket did not take at once; most never need it. Knows nothing of requests. Many
 * connections may wait for the same bytes, which are not copied.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { UnreadOfConnection } from './unread-bytes.ts';
import type { Wait } from './uws-sink.ts';

export class UwsUnsentBody {
  readonly #response: HttpResponse;
  readonly #body: ArrayBuffer;
  readonly #onDone: () => void;
  readonly #unread: UnreadOfConnection;
  #live = true;

  /** After `tryEnd` of the whole body, which did not end the response. */
  constructor(response: HttpResponse, body: ArrayBuffer, wait: Wait, onDone: () => void) {
    this.#response = response;
    this.#body = body;
    this.#onDone = onDone;
    response.onAborted(() => this.#done());
    response.onWritable((offset) => this.#write(offset));
    this.#unread = wait(() => setImmediate(() => this.#cut()));
    this.#unread.add(body);
  }

  #write(offset: number): boolean {
    const { byteLength } = this.#body;
    const [ok, ended] = this.#response.tryEnd(new Uint8Array(this.#body, offset), byteLength);
    if (ended) this.#done();
    else this.#unread.progressed();
    return ok;
  }

  #cut(): void {
    if (this.#live) this.#response.close();
  }

  #done(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#unread.end();
    this.#onDone();
  }
}
