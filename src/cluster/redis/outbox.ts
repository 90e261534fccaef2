/**
 * Outgoing frames: frames to one channel within one turn of the event loop leave as one PUBLISH, all PUBLISHes of a turn
 * as one write. Both spare Redis and us most of the work when updates fan out. Knows neither calls nor liveness.
 *
 * - O1 frames to one channel leave in the order of sending (I7); after a break nothing older is sent again.
 * - O2 bytes that Redis has not confirmed are bounded (I9); what exceeds the bound is refused at once.
 */
import type { Connection } from './connection.ts';

/** What became of a frame: how many receivers its PUBLISH reached; undefined when Redis did not confirm it. */
export type OnSettled = (receivers: number | undefined) => void;

interface Batch {
  channel: string;
  parts: Uint8Array[];
  bytes: number;
  settled: OnSettled[];
}

export interface OutboxOptions {
  connection: Connection;
  /** Begins every payload. */
  header: Uint8Array;
  /** Bytes that may be unconfirmed at a time. */
  maxUnconfirmedBytes: number;
  /** Called for every PUBLISH that reached no receiver. */
  onNobody: (channel: string) => void;
}

/** A larger batch would hold Redis, and everybody else's messages, for too long. */
const MAX_BATCH_BYTES = 256 * 1024;

export class Outbox {
  readonly #options: OutboxOptions;
  /** In order of their first frame; `#open` holds the last batch of each channel. */
  #batches: Batch[] = [];
  readonly #open = new Map<string, Batch>();
  #unconfirmedBytes = 0;
  #scheduled = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Queues a frame for a channel. Returns false when it was refused: no connection, or too much is unconfirmed; then
   * `settled` is never called, else exactly once.
   */
  send(channel: string, frame: Uint8Array, settled?: OnSettled): boolean {
    if (!this.#options.connection.up) return false;
    if (this.#unconfirmedBytes + frame.length > this.#options.maxUnconfirmedBytes) return false; // O2
    this.#unconfirmedBytes += frame.length;
    let batch = this.#open.get(channel);
    if (!batch || batch.bytes + frame.length > MAX_BATCH_BYTES) {
      batch = { channel, parts: [this.#options.header], bytes: 0, settled: [] };
      this.#open.set(channel, batch);
      this.#batches.push(batch);
    }
    batch.parts.push(frame);
    batch.bytes += frame.length;
    if (settled) batch.settled.push(settled);
    this.#schedule();
    return true;
  }

  /** Sends what is queued without waiting for the end of the turn; resolves when Redis has confirmed or refused it. */
  async flush(): Promise<void> {
    const batches = this.#batches;
    this.#batches = [];
    this.#open.clear();
    if (batches.length === 0) return;
    const { connection } = this.#options;
    if (!connection.up) {
      for (const batch of batches) this.#confirm(batch, undefined);
      return;
    }
    const sent: Promise<void>[] = [];
    connection.inOneWrite(() => {
      for (const batch of batches) sent.push(this.#publish(batch));
    });
    await Promise.all(sent);
  }

  async #publish(batch: Batch): Promise<void> {
    let receivers: number | undefined;
    try {
      receivers = await this.#options.connection.client.publish(batch.channel, Buffer.concat(batch.parts));
    } catch {
      receivers = undefined; // the connection broke or hangs: the connection reports that itself
    }
    this.#confirm(batch, receivers);
  }

  #confirm(batch: Batch, receivers: number | undefined): void {
    this.#unconfirmedBytes -= batch.bytes;
    if (receivers === 0) this.#options.onNobody(batch.channel);
    for (const settled of batch.settled) settled(receivers);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.flush();
    });
  }
}
