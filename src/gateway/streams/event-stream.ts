/**
 * Server-Sent Events (WHATWG HTML 9.2) as the body of an answer. Knows nothing of what is told.
 *
 * I9: a client that reads slowly is sent more when it has taken what waits (`room`); one that does not read at all is let
 * go, and comes back with `Last-Event-ID`.
 */

export interface SentEvent {
  /** Position: what a client that comes back sends as `Last-Event-ID`. */
  readonly id: string;
  readonly type: string;
  /** JSON, or other text of one line. */
  readonly data: string;
}

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  send(event: SentEvent): void;
  /** Tells the client its position without an event: a break before the first one must not lose anything (I7). */
  mark(id: string): void;
  /** Undefined: more is welcome. A promise: enough waits, until it settles. */
  room(): Promise<void> | undefined;
  /** Ends the answer after what was sent. */
  end(): void;
}

export interface EventStreamOptions {
  /** Bytes that may wait for the client, besides one event. */
  maxBufferedBytes: number;
  /** Milliseconds between comments, so that proxies keep the connection; a client that took nothing in between is let go. */
  heartbeatMs: number;
  /** Called once: the client is gone, does not read, or `end` was called. */
  onClose(): void;
}

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would gather the events otherwise.
  'x-accel-buffering': 'no',
} as const;

/** Milliseconds after which a browser's `EventSource` comes back. */
const RETRY_MS = 1_000;
/** So much waits for a client before it is held to be slow. */
const HOLD_BYTES = 65_536;

export function createEventStream(options: EventStreamOptions): EventStream {
  const { maxBufferedBytes, heartbeatMs, onClose } = options;
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let written = 0;
  let takenAtLastBeat = 0;
  let roomAgain: PromiseWithResolvers<void> | undefined;

  /** The queue's high-water mark is 0: what it lacks is what waits. */
  const waiting = (): number => -(controller?.desiredSize ?? 0);

  function close(): boolean {
    if (!controller) return false;
    controller = undefined;
    clearInterval(heartbeat);
    roomAgain?.resolve();
    onClose();
    return true;
  }

  function cut(): void {
    controller?.error(new DOMException('The client does not read', 'AbortError'));
    close();
  }

  function write(text: string): void {
    if (waiting() > maxBufferedBytes) cut();
    if (!controller) return;
    const bytes = encoder.encode(text);
    written += bytes.byteLength;
    controller.enqueue(bytes);
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull() {
        roomAgain?.resolve();
        roomAgain = undefined;
      },
      cancel: () => void close(),
    },
    { highWaterMark: 0, size: (chunk) => chunk.byteLength },
  );
  const heartbeat = setInterval(() => {
    const taken = written - waiting();
    if (waiting() === 0) write(':\n\n');
    else if (taken === takenAtLastBeat) cut();
    takenAtLastBeat = taken;
  }, heartbeatMs);
  write(`: events\nretry: ${RETRY_MS}\n\n`);

  return {
    body,
    send: ({ id, type, data }) => write(`id: ${id}\nevent: ${type}\ndata: ${data}\n\n`),
    mark: (id) => write(`id: ${id}\n\n`),
    room() {
      if (waiting() < HOLD_BYTES) return undefined;
      roomAgain ??= Promise.withResolvers();
      return roomAgain.promise;
    },
    end() {
      const last = controller;
      if (close()) last?.close();
    },
  };
}
