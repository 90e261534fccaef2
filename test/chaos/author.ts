// One author: types through the SDK without a pause, and has the habits of people and of their networks.
import { setTimeout as delay } from 'node:timers/promises';
import * as Y from 'yjs';
import { connect, type EditorClient, type OpenDocument } from '../../src/clients/editor/index.ts';
import { Gate } from './gate.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { bodyOf, boundaries, nextId, plain, textsOf } from './text.ts';

export interface AuthorOptions {
  readonly id: number;
  readonly documentId: string;
  readonly token: string;
  readonly ports: readonly number[];
  readonly random: Random;
  /** Mutants are looked for with nothing else going on. */
  readonly plainHabits: boolean;
}

/** Milliseconds between two edits. */
const PAUSE_MS = { min: 120, max: 420 } as const;
/** After being offline an author's reconnecting is still its own affair for so long, milliseconds. */
const RETURN_MS = 3_500;

/** What happens between two edits now and then: how often, and what. */
const HABITS = [
  { name: 'startAnew', probability: 0.005 },
  { name: 'move', probability: 0.005 },
  { name: 'offline', probability: 0.004 },
  { name: 'silent', probability: 0.003 },
  { name: 'leaveForGood', probability: 0.0006 },
] as const;

export class Author {
  readonly id: number;
  readonly documentId: string;
  readonly ledger: Ledger;
  readonly #options: AuthorOptions;
  readonly #random: Random;
  #gate: Gate | undefined;
  #client: EditorClient | undefined;
  #document: OpenDocument | undefined;
  #typing = false;
  #loop: Promise<void> | undefined;

  constructor(options: AuthorOptions) {
    this.id = options.id;
    this.documentId = options.documentId;
    this.#options = options;
    this.#random = options.random;
    this.ledger = new Ledger(options.documentId, options.id);
  }

  /** The node at the other end; undefined while there is none. */
  get node(): number | undefined {
    return this.#gate?.node;
  }

  /** Still has a client. */
  get isHere(): boolean {
    return this.#document !== undefined;
  }

  get isSettled(): boolean {
    return !this.ledger.hasUnacked && (this.#document === undefined || this.#document.status.get().kind === 'saved');
  }

  describe(): string {
    const status = JSON.stringify(this.#document?.status.get());
    return `author ${this.id} of ${this.documentId} at node ${this.node ?? '-'}: ${status}`;
  }

  async begin(): Promise<void> {
    this.#gate = await Gate.open(this.#options.ports);
    this.#openClient();
    this.#typing = true;
    this.#loop = this.#type();
  }

  /** Puts the pen down; the client stays. */
  async rest(): Promise<void> {
    this.#typing = false;
    await this.#loop;
  }

  /** The machine loses power: no goodbye, and what only it had is gone. */
  vanish(): void {
    this.#gate?.setMode('refused');
    this.ledger.clientGone();
    const client = this.#client;
    this.#client = undefined;
    this.#document = undefined;
    void client?.close();
  }

  /** A new machine, with nothing kept from the old one. */
  return(): void {
    if (this.#document || !this.#typing) return;
    this.#absent(0);
    this.#gate?.setMode('through');
    this.#openClient();
  }

  state(): Uint8Array | undefined {
    return this.#document && Y.encodeStateAsUpdate(this.#document.ydoc);
  }

  async close(): Promise<void> {
    await this.rest();
    await this.#client?.close();
    this.#gate?.close();
  }

  #openClient(): void {
    const { documentId, token } = this.#options;
    this.#client = connect({
      url: this.#gate!.urls,
      token,
      random: () => this.#random.next(),
    });
    const document = this.#client.open(documentId);
    this.#document = document;
    document.status.subscribe((status) => {
      if (this.#document === document && status.kind === 'saved') this.ledger.saved();
    });
  }

  async #type(): Promise<void> {
    while (this.#typing) {
      await delay(this.#random.int(PAUSE_MS.min, PAUSE_MS.max));
      if (!this.#typing) return;
      if (this.#document) this.#edit(this.#document.ydoc);
      if (this.#options.plainHabits || !this.#document) continue;
      for (const { name, probability } of HABITS) {
        if (this.#random.chance(probability)) await this.#follow(name);
      }
    }
  }

  /** Typing goes on meanwhile, except where there is no client. */
  async #follow(habit: (typeof HABITS)[number]['name']): Promise<void> {
    switch (habit) {
      case 'startAnew':
        this.#absent(0);
        this.ledger.clientGone();
        void this.#client?.close();
        this.#openClient();
        return;
      case 'move':
        this.#absent(0);
        this.#gate?.cut();
        return;
      case 'offline':
        await this.#cutOff('refused', this.#random.int(500, 3_000));
        return;
      case 'silent':
        await this.#cutOff('silent', this.#random.int(1_000, 4_000));
        return;
      case 'leaveForGood':
        // After all was reported as saved; whether that is true is checked at the end.
        if (!this.ledger.hasUnacked) this.vanish();
        return;
    }
  }

  async #cutOff(mode: 'refused' | 'silent', ms: number): Promise<void> {
    this.#absent(ms);
    this.#gate?.setMode(mode);
    const until = performance.now() + ms;
    while (this.#typing && performance.now() < until) {
      await delay(this.#random.int(PAUSE_MS.min, PAUSE_MS.max));
      if (this.#typing && this.#document) this.#edit(this.#document.ydoc);
    }
    if (this.#document) this.#gate?.setMode('through');
  }

  #absent(ms: number): void {
    const now = performance.now();
    this.ledger.absences.push({ from: now, to: now + ms + RETURN_MS });
  }

  #edit(doc: Y.Doc): void {
    const texts = textsOf(doc);
    if (texts.length === 0 || this.#random.chance(0.02)) {
      this.#insertParagraph(doc);
      return;
    }
    const text = this.#random.pick(texts);
    const what = this.#random.next();
    const own = what < 0.2 ? this.#findOwn(text) : undefined;
    if (!own) this.#insert(text);
    else if (what < 0.13) {
      this.ledger.deleted(own.token);
      text.delete(own.index, own.token.length);
    } else {
      // Not looked for in the end: it may change nothing, and then nothing is acknowledged.
      text.format(own.index, own.token.length, { bold: this.#random.chance(0.5) ? true : null });
    }
  }

  #insert(text: Y.XmlText): void {
    const token = this.ledger.newToken();
    this.ledger.inserted(token, text.doc ? nextId(text.doc) : undefined);
    text.insert(this.#random.pick(boundaries(plain(text))), token);
  }

  #insertParagraph(doc: Y.Doc): void {
    const body = bodyOf(doc);
    const paragraph = new Y.XmlElement('paragraph');
    const text = new Y.XmlText();
    const token = this.ledger.newToken();
    this.ledger.inserted(token);
    doc.transact(() => {
      body.insert(this.#random.int(0, body.length), [paragraph]);
      paragraph.insert(0, [text]);
      text.insert(0, token);
    });
  }

  #findOwn(text: Y.XmlText): { token: string; index: number } | undefined {
    const own = [...plain(text).matchAll(/\[[^[\]]+\]/g)].filter(([token]) => this.ledger.isOwn(token));
    if (own.length === 0) return undefined;
    const { 0: token, index } = this.#random.pick(own);
    return { token, index };
  }
}
