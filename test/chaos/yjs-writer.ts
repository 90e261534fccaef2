// Somebody with an editor of their own: the stock `y-websocket` client on `/y`, as it comes. It never hears that anything
// is saved; in the end its copy and the journal must be the same.
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { Gate } from './gate.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { bodyOf, boundaries, plain, textsOf } from './text.ts';

export interface YjsWriterOptions {
  readonly id: number;
  readonly documentId: string;
  readonly token: string;
  readonly ports: readonly number[];
  readonly random: Random;
}

const PAUSE_MS = { min: 150, max: 500 } as const;

export class YjsWriter {
  readonly documentId: string;
  readonly ledger: Ledger;
  readonly #options: YjsWriterOptions;
  readonly #doc = new Y.Doc();
  #gate: Gate | undefined;
  #provider: WebsocketProvider | undefined;
  /** Code and reason with which it was last disconnected: after some of them it does not come back. */
  #lastClose = 'none';
  #typing = false;
  #loop: Promise<void> | undefined;

  constructor(options: YjsWriterOptions) {
    this.#options = options;
    this.documentId = options.documentId;
    this.ledger = new Ledger(options.documentId, options.id);
  }

  async begin(): Promise<void> {
    const { documentId, ports, random, token } = this.#options;
    this.#gate = await Gate.open(ports);
    // It knows one address; after a break it comes back there, or not at all.
    const url = random.pick(this.#gate.urls).replace('http', 'ws');
    this.#provider = new WebsocketProvider(`${url}/y`, documentId, this.#doc, {
      params: { token },
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: 500,
    });
    this.#provider.on('connection-close', (event) => {
      if (event) this.#lastClose = `${event.code} ${event.reason}`;
    });
    this.#typing = true;
    this.#loop = this.#type();
  }

  async rest(): Promise<void> {
    this.#typing = false;
    await this.#loop;
  }

  get isConnected(): boolean {
    return this.#provider?.synced ?? false;
  }

  describe(): string {
    const { wsconnected, wsconnecting, shouldConnect, synced } = this.#provider ?? {};
    const state = JSON.stringify({ wsconnected, wsconnecting, shouldConnect, synced });
    const last = `last close ${this.#lastClose}`;
    return `stock Yjs client of ${this.documentId} at node ${this.#gate?.node ?? '-'}: ${state}, ${last}`;
  }

  state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }

  async close(): Promise<void> {
    await this.rest();
    this.#provider?.destroy();
    // Its awareness has a timer.
    this.#doc.destroy();
    this.#gate?.close();
  }

  async #type(): Promise<void> {
    const { random } = this.#options;
    while (this.#typing) {
      await delay(random.int(PAUSE_MS.min, PAUSE_MS.max));
      if (this.#typing) this.#insert();
    }
  }

  #insert(): void {
    const { random } = this.#options;
    const token = this.ledger.newToken();
    this.ledger.inserted(token);
    const texts = textsOf(this.#doc);
    if (texts.length > 0) {
      const text = random.pick(texts);
      text.insert(random.pick(boundaries(plain(text))), token);
      return;
    }
    const paragraph = new Y.XmlElement('paragraph');
    this.#doc.transact(() => {
      bodyOf(this.#doc).insert(0, [paragraph]);
      paragraph.insert(0, [new Y.XmlText(token)]);
    });
  }
}
