/**
 * Server-Sent Events (WHATWG HTML 9.2) as the body of an answer. Knows nothing of what is told. A client that does not
 * read is let go, never buffered without bound (I9): it comes back with `Last-Event-ID`.
 */

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** `data`: an object, or JSON that was made already. */
  send(event: { id: string; type: string; data: object | string }): void;
  /** Ends the answer after what was sent. */
  end(): void;
}

export interface EventStreamOptions {
  /** Bytes that may wait for the client. */
  maxBufferedBytes: number;
  /** Milliseconds between comments, so that proxies keep the connection and a dead one is noticed. */
  heartbeatMs: number;
  /** Called once: the client is gone, too slow, or `end` was called. */
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

export function createEventStream({ maxBufferedBytes, heartbeatMs, onClose }: EventStreamOptions): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  function close(): boolean {
    if (!controller) return false;
    controller = undefined;
    clearInterval(heartbeat);
    onClose();
    return true;
  }

  function write(text: string): void {
    if (!controller) return;
    const bytes = encoder.encode(text);
    const room = (controller.desiredSize ?? 0) + maxBufferedBytes;
    if (room < bytes.byteLength) {
      controller.error(new Error('the client does not read'));
      close();
      return;
    }
    controller.enqueue(bytes);
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      cancel: () => void close(),
    },
    { highWaterMark: 0, size: (chunk) => chunk.byteLength },
  );
  const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs);
  write(`: events\nretry: ${RETRY_MS}\n\n`);

  return {
    body,
    send({ id, type, data }) {
      write(`id: ${id}\nevent: ${type}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    },
    end() {
      const last = controller;
      if (close()) last?.close();
    },
  };
}
