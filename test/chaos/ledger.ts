// What one author has written and which of it was acknowledged. The SDK's `saved` is the only source of truth: it means that
// everything the client had at that moment is committed (I1).
import type { Written } from './checker.ts';
import type { Span } from './failovers.ts';

interface Entry {
  readonly documentId: string;
  readonly token: string;
  acked: boolean;
  deletion: Written['deletion'];
  readonly id: Written['id'];
}

export class Ledger {
  readonly #documentId: string;
  readonly #author: number;
  readonly #entries = new Map<string, Entry>();
  /** What the present client has no acknowledgement of yet. */
  #unacked: (() => void)[] = [];
  /** When the oldest of it was written. */
  #waitingSince = 0;
  #counter = 0;
  /** When the author was acknowledged, milliseconds on the monotonic clock. */
  readonly ackTimes: number[] = [];
  /** From the edit to its acknowledgement, for the oldest edit of each. */
  readonly waits: Span[] = [];
  /** When the author was cut off of its own will, and a while after. */
  readonly absences: Span[] = [];

  constructor(documentId: string, author: number) {
    this.#documentId = documentId;
    this.#author = author;
  }

  get hasUnacked(): boolean {
    return this.#unacked.length > 0;
  }

  /** Of this author, not deleted. */
  isOwn(token: string): boolean {
    return this.#entries.get(token)?.deletion === 'none';
  }

  newToken(): string {
    this.#counter += 1;
    return `[${this.#author}.${this.#counter}]`;
  }

  /** @param id where the token begins in Yjs, if it was written through Yjs */
  inserted(token: string, id?: Written['id']): void {
    const entry: Entry = { documentId: this.#documentId, token, acked: false, deletion: 'none', id };
    this.#entries.set(token, entry);
    this.#await(() => {
      entry.acked = true;
    });
  }

  deleted(token: string): void {
    const entry = this.#entries.get(token);
    if (!entry) throw new Error(`${token} was not written here`);
    entry.deletion = 'tried';
    this.#await(() => {
      entry.deletion = 'acked';
    });
  }

  saved(): void {
    if (this.#unacked.length === 0) return;
    for (const acknowledge of this.#unacked) acknowledge();
    this.#unacked = [];
    const now = performance.now();
    this.ackTimes.push(now);
    this.waits.push({ from: this.#waitingSince, to: now });
  }

  /** The client is gone, and with it what was not acknowledged: whether that arrived is unknown. */
  clientGone(): void {
    this.#unacked = [];
  }

  #await(acknowledge: () => void): void {
    if (this.#unacked.length === 0) this.#waitingSince = performance.now();
    this.#unacked.push(acknowledge);
  }

  written(): readonly Written[] {
    return [...this.#entries.values()];
  }
}
