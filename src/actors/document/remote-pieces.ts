/**
 * Large updates between nodes. Redis would hold everybody's messages for one of many megabytes, and a call would be over
 * before it arrived: so an answer names its large pieces, and the asking node fetches them a little at a time, once for all
 * who are opening the same there.
 *
 * I9: what is kept here for others to fetch, and what was fetched, is bounded in bytes and time.
 */
import { randomUUID } from 'node:crypto';
import { Rope } from '../../lib/msgpack/rope.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** A piece of an update: its bytes, or where they are in what the owner keeps under an id. */
export type SentPiece = Uint8Array | { id: string; size: number; from: number; bytes: number };

interface PieceRequest {
  id: string;
  from: number;
}

/** Updates and pieces up to this go with the answer. */
const INLINE_BYTES = 131_072;
const FETCH_BYTES = 524_288;
/** Concurrent fetches of one buffer, and attempts at each. */
const IN_FLIGHT = 2;
const ATTEMPTS = 4;
const KEPT_MS = 60_000;
const KEPT_BYTES = 134_217_728;

/** Values by key, the latest used last; forgotten when they are too many bytes, or not used for a minute. */
class Kept<T extends { readonly size: number }> {
  readonly #entries = new Map<string, { value: T; timer: NodeJS.Timeout }>();
  #bytes = 0;

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.timer.refresh();
    return entry.value;
  }

  set(key: string, value: T): void {
    this.delete(key);
    const timer = setTimeout(() => this.delete(key), KEPT_MS).unref();
    this.#entries.set(key, { value, timer });
    this.#bytes += value.size;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= KEPT_BYTES || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.#entries.delete(key);
    this.#bytes -= entry.value.size;
  }
}

/** @returns what an answer names the pieces of an update by; undefined if it can go as it is */
export function servePieces(cluster: Cluster): (update: Uint8Array | Rope) => SentPiece[] | undefined {
  const kept = new Kept<{ size: number; bytes: Uint8Array }>();
  const ids = new WeakMap<ArrayBufferLike, string>();
  cluster.handle('document.piece', async (value) => {
    const { id, from } = value as PieceRequest;
    return kept.get(id)?.bytes.slice(from, from + FETCH_BYTES) ?? null;
  });
  return (update) => {
    if (update.byteLength <= INLINE_BYTES) return undefined;
    const pieces = update instanceof Rope ? update.pieces : [update];
    return pieces.map((piece) => {
      if (piece.byteLength <= INLINE_BYTES) return piece;
      const { buffer, byteOffset, byteLength } = piece;
      const id = ids.get(buffer) ?? randomUUID();
      ids.set(buffer, id);
      if (!kept.get(id)) kept.set(id, { size: buffer.byteLength, bytes: new Uint8Array(buffer) });
      return { id, size: buffer.byteLength, from: byteOffset, bytes: byteLength };
    });
  };
}

/** @returns puts an update together; undefined when the owner does not have its pieces any more, or does not answer */
export function fetchPieces(
  cluster: Cluster,
  callDeadlineMs: number,
): (owner: string, pieces: readonly SentPiece[]) => Promise<Rope | undefined> {
  const kept = new Kept<{ size: number; fetched: Promise<Uint8Array | undefined> }>();

  async function fetchOne(owner: string, id: string, from: number): Promise<Uint8Array | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const message = { id, from } satisfies PieceRequest;
      const answer = await cluster.call(owner, 'document.piece', message, callDeadlineMs);
      if (answer.ok) return (answer.value as Uint8Array | null) ?? undefined;
      if (answer.reason !== 'timeout') return undefined;
    }
    return undefined;
  }

  async function fetchAll(owner: string, id: string, size: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(size);
    let next = 0;
    let isWhole = true;
    const work = async (): Promise<void> => {
      while (isWhole && next < size) {
        const from = next;
        next += FETCH_BYTES;
        const piece = await fetchOne(owner, id, from);
        if (piece?.byteLength === Math.min(FETCH_BYTES, size - from)) bytes.set(piece, from);
        else isWhole = false;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    return isWhole ? bytes : undefined;
  }

  return async (owner, pieces) => {
    const found: Uint8Array[] = [];
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        found.push(piece);
        continue;
      }
      const { id, size, from, bytes } = piece;
      const key = `${owner} ${id}`;
      let entry = kept.get(key);
      if (!entry) {
        entry = { size, fetched: fetchAll(owner, id, size) };
        kept.set(key, entry);
      }
      const whole = await entry.fetched;
      if (!whole) {
        kept.delete(key);
        return undefined;
      }
      found.push(whole.subarray(from, from + bytes));
    }
    return new Rope(found);
  };
}
