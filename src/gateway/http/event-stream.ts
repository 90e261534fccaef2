/**
 * Server-Sent Events (WHATWG HTML 9.2) as the body of a response. Knows nothing of what the events say.
 *
 * I9: a client that reads slowly is sent more when it has read what is buffered (`room`); one that does not read at all is
 * disconnected, and reconnects with `Last-Event-ID`. Buffered bytes count with all others that wait for clients to read; an
 * event that goes to many is encoded once, and buffered once.
 */
import type { Logger } from '../../lib/logger.ts';
import { ticking } from '../../lib/timers.ts';
import type { UnreadBytes } from '../listener/unread-bytes.ts';

export interface SentEvent {
  /** Position: what a client that comes back sends as `Last-Event-ID`. Left out: it stays what it was. */
  readonly id?: string;
  readonly type: string;
  /** JSON, or other text of one line. */
  readonly data: string;
}

export type EncodedEvent = Uint8Array<ArrayBuffer>;

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** @param event made by `encodeEvent`, once for all streams that it goes to */
  send(event: EncodedEvent): void;
  /** Sends the client its position without an event: a break before the first one must not lose anything (I7). */
  mark(id: string): void;
  /** Undefined: there is room. Else a promise that settles when there is. */
  room(): Promise<void> | undefined;
  /** Ends the response after what was sent. */
  end(): void;
}

export interface EventStreamOptions {
  /** Bytes that may be buffered for the client, besides one event. */
  maxBufferedBytes: number;
  /** Milliseconds between comments, so that proxies keep the connection; a client that read nothing in between is disconnected. */
  heartbeatMs: number;
  /** Where buffered bytes are counted, and for whom. */
  unread: UnreadBytes;
  client: string;
  log: Logger;
  /** Called once: the client is gone, does not read, or `end` was called. */
  onClose(): void;
}

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would buffer the events otherwise.
  'x-accel-buffering': 'no',
} as const;

/** Milliseconds after which a browser's `EventSource` comes back. */
const RETRY_MS = 1_000;
/** Buffered for a client that counts as slow. */
const SLOW_BYTES = 65_536;

const encoder = new TextEncoder();

export const encodeEvent = ({ id, type, data }: SentEvent): EncodedEvent =>
  encoder.encode(`${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${data}\n\n`);

export function createEventStream(options: EventStreamOptions): EventStream {
  const { maxBufferedBytes, heartbeatMs, log, onClose } = options;
  /** `ending`: nothing is added, what is buffered is still sent. */
  let state: 'open' | 'ending' | 'closed' = 'open';
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const waiting: EncodedEvent[] = [];
  // Later: callers of `send` do not expect to be closed during the call.
  const unread = options.unread.open(options.client, () => setImmediate(cut));
  let waitingBytes = 0;
  /** The client read all that was sent, and can take more. */
  let isReading = false;
  let taken = 0;
  let takenAtLastBeat = 0;
  let roomAgain: PromiseWithResolvers<void> | undefined;

  function become(next: 'ending' | 'closed'): void {
    const wasOpen = state === 'open';
    state = next;
    if (next === 'closed') {
      waiting.length = 0;
      waitingBytes = 0;
      unread.end();
    }
    if (!wasOpen) return;
    clearInterval(heartbeat);
    roomAgain?.resolve();
    onClose();
  }

  function cut(): void {
    if (state === 'closed') return;
    controller.error(new DOMException('The client does not read', 'AbortError'));
    become('closed');
  }

  function write(bytes: EncodedEvent): void {
    if (waitingBytes > maxBufferedBytes) cut();
    if (state !== 'open') return;
    if (isReading) {
      isReading = false;
      taken += bytes.byteLength;
      controller.enqueue(bytes);
      return;
    }
    waitingBytes += bytes.byteLength;
    waiting.push(bytes);
    unread.add(bytes.buffer);
  }

  /** The client reads. */
  function take(): void {
    const next = waiting.shift();
    if (next === undefined) {
      isReading = true;
    } else {
      unread.tookFirst();
      waitingBytes -= next.byteLength;
      taken += next.byteLength;
      controller.enqueue(next);
    }
    closeIfEmpty();
    roomAgain?.resolve();
    roomAgain = undefined;
  }

  function closeIfEmpty(): void {
    if (state !== 'ending' || waiting.length > 0) return;
    become('closed');
    controller.close();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull: take,
      cancel: () => become('closed'),
    },
    { highWaterMark: 0 },
  );
  const heartbeat = ticking(heartbeatMs, 'an event stream', log, () => {
    if (waitingBytes === 0) write(encoder.encode(':\n\n'));
    else if (taken === takenAtLastBeat) cut();
    takenAtLastBeat = taken;
  });
  write(encoder.encode(`: events\nretry: ${RETRY_MS}\n\n`));

  return {
    body,
    send: write,
    mark: (id) => write(encoder.encode(`id: ${id}\n\n`)),
    room() {
      if (waitingBytes < SLOW_BYTES) return undefined;
      roomAgain ??= Promise.withResolvers();
      return roomAgain.promise;
    },
    end() {
      if (state !== 'open') return;
      become('ending');
      closeIfEmpty();
    },
  };
}
