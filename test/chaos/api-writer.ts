// Developers who write over HTTP while authors type: one appends, one replaces what it read, one publishes and goes back.
// Each goes from node to node; a request without an answer is not repeated, and what it wrote may be there or not.
import { setTimeout as delay } from 'node:timers/promises';
import { createStetClient, type Schemas } from '../../src/clients/http/index.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export type ApiHabit = 'append' | 'replace' | 'revert';

export interface ApiWriterOptions {
  readonly id: number;
  readonly habit: ApiHabit;
  readonly documentId: string;
  readonly token: string;
  readonly userId: string;
  readonly urls: readonly string[];
  readonly random: Random;
}

const PAUSE_MS: Record<ApiHabit, { min: number; max: number }> = {
  append: { min: 150, max: 500 },
  replace: { min: 300, max: 900 },
  revert: { min: 1_500, max: 3_000 },
};
/** A node that hangs costs a request so long, milliseconds. */
const PATIENCE_MS = 4_000;

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });

export class ApiWriter {
  readonly documentId: string;
  readonly userId: string;
  readonly habit: ApiHabit;
  readonly ledger: Ledger;
  /** Requests that were answered with success, and with anything else. */
  readonly counts = { done: 0, refused: 0 };
  readonly #options: ApiWriterOptions;
  #revisions = 0;
  #writing = false;
  #loop: Promise<void> | undefined;

  constructor(options: ApiWriterOptions) {
    this.#options = options;
    this.documentId = options.documentId;
    this.userId = options.userId;
    this.habit = options.habit;
    this.ledger = new Ledger(options.documentId, options.id);
  }

  begin(): void {
    this.#writing = true;
    this.#loop = this.#write();
  }

  async rest(): Promise<void> {
    this.#writing = false;
    await this.#loop;
  }

  async #write(): Promise<void> {
    const { habit, random } = this.#options;
    while (this.#writing) {
      await delay(random.int(PAUSE_MS[habit].min, PAUSE_MS[habit].max));
      if (!this.#writing) return;
      try {
        const done = await this[habit]();
        this.counts[done ? 'done' : 'refused'] += 1;
        if (done) this.ledger.saved();
        else this.ledger.clientGone();
      } catch {
        this.counts.refused += 1;
        this.ledger.clientGone();
      }
    }
  }

  #client() {
    const { random, token, urls } = this.#options;
    const fetchSoon: typeof fetch = (input, init) =>
      fetch(new Request(input, init), { signal: AbortSignal.timeout(PATIENCE_MS) });
    return createStetClient({ url: random.pick(urls), token, retries: 0, fetch: fetchSoon });
  }

  get #path() {
    return { path: { id: this.documentId } };
  }

  async append(): Promise<boolean> {
    const token = this.ledger.newToken();
    this.ledger.inserted(token);
    const { response } = await this.#client().POST('/v1/documents/{id}/draft/blocks', {
      params: this.#path,
      body: { blocks: [paragraph(token)] },
    });
    return response.ok;
  }

  /** Reads, changes a copy, and writes it back as a change of what was read. */
  async replace(): Promise<boolean> {
    const client = this.#client();
    const read = await client.GET('/v1/documents/{id}/draft', { params: this.#path });
    if (!read.response.ok) return false;
    const { body, seq } = read.data as Schemas['Draft'];
    const token = this.ledger.newToken();
    this.ledger.inserted(token);
    const blocks = [...body.content];
    blocks.splice(this.#options.random.int(0, blocks.length), 0, paragraph(token));
    const { response } = await client.PUT('/v1/documents/{id}/draft', {
      params: { ...this.#path, query: { base: seq } },
      body: { body: { type: 'doc', content: blocks } },
    });
    return response.ok;
  }

  async revert(): Promise<boolean> {
    const client = this.#client();
    const published = await client.POST('/v1/documents/{id}/publish', { params: this.#path });
    if (published.data) this.#revisions = Math.max(this.#revisions, published.data.number);
    if (this.#revisions === 0) return false;
    const { response } = await client.POST('/v1/documents/{id}/revert', {
      params: this.#path,
      body: { revision: this.#options.random.int(1, this.#revisions) },
    });
    return response.ok;
  }
}
