// An author without the SDK: types through a client that follows PROTOCOL.md, and relies on what its client reports as saved.
import { setTimeout as delay } from 'node:timers/promises';
import * as Y from 'yjs';
import { Gate } from './gate.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { StockClient } from './stock-client.ts';
import { bodyOf, boundaries, nextId, plain, textsOf } from './text.ts';

export interface StockWriterOptions {
  readonly id: number;
  readonly documentId: string;
  readonly token: string;
  readonly ports: readonly number[];
  readonly random: Random;
}

const PAUSE_MS = { min: 150, max: 500 } as const;
/** Now and then its network breaks for a while. */
const BREAK = { probability: 0.01, minMs: 300, maxMs: 2_000 } as const;

export class StockWriter {
  readonly documentId: string;
  readonly ledger: Ledger;
  readonly #options: StockWriterOptions;
  #gate: Gate | undefined;
  #client: StockClient | undefined;
  #typing = false;
  #loop: Promise<void> | undefined;

  constructor(options: StockWriterOptions) {
    this.#options = options;
    this.documentId = options.documentId;
    this.ledger = new Ledger(options.documentId, options.id);
  }

  async begin(): Promise<void> {
    const { documentId, ports, random, token } = this.#options;
    this.#gate = await Gate.open(ports);
    this.#client = new StockClient({
      // It knows one address; after a break it comes back there.
      url: random.pick(this.#gate.urls),
      token,
      doc: documentId,
      random: () => random.next(),
      onSaved: () => this.ledger.saved(),
    });
    this.#typing = true;
    this.#loop = this.#type();
  }

  async rest(): Promise<void> {
    this.#typing = false;
    await this.#loop;
  }

  get isSettled(): boolean {
    return (this.#client?.isSaved ?? false) && !this.ledger.hasUnacked;
  }

  describe(): string {
    return `stock author of ${this.documentId} at node ${this.#gate?.node ?? '-'}: ${this.#client?.describe()}`;
  }

  state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#client?.ydoc ?? new Y.Doc());
  }

  async close(): Promise<void> {
    await this.rest();
    this.#client?.close();
    this.#gate?.close();
  }

  async #type(): Promise<void> {
    const { random } = this.#options;
    while (this.#typing) {
      await delay(random.int(PAUSE_MS.min, PAUSE_MS.max));
      if (this.#typing && this.#client) this.#edit(this.#client.ydoc);
      if (!random.chance(BREAK.probability)) continue;
      this.#gate?.setMode('refused');
      await delay(random.int(BREAK.minMs, BREAK.maxMs));
      this.#gate?.setMode('through');
    }
  }

  #edit(doc: Y.Doc): void {
    const { random } = this.#options;
    const texts = textsOf(doc);
    const token = this.ledger.newToken();
    if (texts.length === 0) {
      this.ledger.inserted(token);
      const paragraph = new Y.XmlElement('paragraph');
      doc.transact(() => {
        bodyOf(doc).insert(0, [paragraph]);
        paragraph.insert(0, [new Y.XmlText(token)]);
      });
      return;
    }
    const text = random.pick(texts);
    this.ledger.inserted(token, nextId(doc));
    text.insert(random.pick(boundaries(plain(text))), token);
  }
}
