/**
 * Documents and updates for the tests of the update gate: authors who edit as Tiptap would, and attackers who
 * write well-formed updates that no Yjs client would write. Both are driven by numbers, so that a seed repeats them.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { admitUpdate, type ClientOwners } from '../../src/actors/document/update/admit.ts';
import { baseOf } from '../../src/actors/document/update/base.ts';
import { DEFAULT_SCAN_LIMITS } from '../../src/actors/document/update/limits.ts';
import { type ScanSuccess, scanUpdate } from '../../src/actors/document/update/scan.ts';
import { trimKnown, withoutKnown } from '../../src/actors/document/update/trim.ts';

/** A small seeded generator (mulberry32): `next(n)` is an integer from 0 to n - 1. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** Writes v1 by hand: `u` a varint, `b` a byte, `s` a string. */
export type Wire = { u(...numbers: number[]): void; b(...bytes: number[]): void; s(text: string): void };

/** The bytes that `write` writes. */
export function wire(write: (to: Wire) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write({
    u: (...numbers) => {
      for (const number of numbers) encoding.writeVarUint(encoder, number);
    },
    b: (...bytes) => {
      for (const byte of bytes) encoding.writeUint8(encoder, byte);
    },
    s: (text) => encoding.writeVarString(encoder, text),
  });
  return encoding.toUint8Array(encoder);
}

/** An update of one client with the structs that `write` writes, and no deletes. */
export function oneBlock(client: number, from: number, structs: number, write: (to: Wire) => void): Uint8Array {
  return wire((to) => {
    to.u(1, structs, client, from);
    write(to);
    to.u(0);
  });
}

/**
 * So many items in a row, then as many at the front that each name another right neighbour: what Yjs does for it grows with
 * the square.
 */
export function dear(count: number): Uint8Array {
  return wire((to) => {
    to.u(1, 2 * count, 7, 0);
    for (let i = 0; i < count; i++) {
      to.b(i === 0 ? 4 : 0x84);
      if (i === 0) {
        to.u(1);
        to.s('t');
      } else to.u(7, i - 1);
      to.s('x');
    }
    for (let i = count - 1; i >= 0; i--) {
      to.b(0x44);
      to.u(7, i);
      to.s('y');
    }
    to.u(0);
  });
}

/** Who owns which clientID; tests bind by hand. */
export function bindings(
  entries: Iterable<readonly [number, string]> = [],
): ClientOwners & { map: Map<number, string> } {
  const map = new Map(entries);
  return { map, ownerOf: (clientId) => map.get(clientId) };
}

export function copyOf(state: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return doc;
}

export type GateOutcome =
  | { admitted: false; code: string; detail: string }
  | { admitted: true; newClients: readonly number[]; redundant: boolean; trim: boolean };

/** The gate as a document actor uses it: scan, leave out, admit, trim, apply, bind. Throws only what Yjs throws. */
export function passGate(
  doc: Y.Doc,
  update: Uint8Array,
  owners: ReturnType<typeof bindings>,
  userId: string,
  limits = DEFAULT_SCAN_LIMITS,
): GateOutcome {
  const base = baseOf(doc);
  const scan = scanUpdate(update, limits, base);
  if (!scan.ok) return { admitted: false, code: scan.code, detail: scan.detail };
  const news = withoutKnown(update, scan);
  const admission = admitUpdate(scan, base, owners, userId);
  if (!admission.ok) return { admitted: false, code: admission.code, detail: admission.detail };
  if (!admission.redundant) Y.applyUpdate(doc, admission.trim ? trimKnown(news, scan, base) : news);
  for (const client of admission.newClients) owners.map.set(client, userId);
  return { admitted: true, newClients: admission.newClients, redundant: admission.redundant, trim: admission.trim };
}

/** What the gate promises about every document: nothing parked, clocks without gaps, and the state can be read back. */
export function assertSound(doc: Y.Doc): void {
  if (doc.store.pendingStructs !== null) throw new Error('structs are pending');
  if (doc.store.pendingDs !== null) throw new Error('deletes are pending');
  for (const [client, structs] of doc.store.clients) {
    let clock = 0;
    for (const struct of structs) {
      if (struct.id.clock !== clock || struct.length < 1) throw new Error(`client ${client} has a gap at ${clock}`);
      clock += struct.length;
    }
  }
}

/** One sent update and the document it was sent to. */
export type Sent = {
  state: Uint8Array;
  update: Uint8Array;
  scan: ScanSuccess;
  userId: string;
  owners: [number, string][];
};

type Author = { userId: string; doc: Y.Doc; undo: Y.UndoManager; queue: Uint8Array[]; clients: Set<number> };

const WORDS = ['a', ' ', 'word', 'naïve ', '日本', '🙂', '👩‍👩‍👧', 'The quick brown fox. '];

/** A server and some authors. Authors see each other only through the server, as in the product (I3). */
export class Newsroom {
  readonly server = new Y.Doc();
  readonly owners = bindings();
  readonly authors: Author[];
  /** Every update that was sent. */
  readonly sent: Sent[] = [];
  /** Every single update that a document emitted, merges and diffs besides. */
  readonly emitted: Uint8Array[] = [];
  private readonly random: (below: number) => number;

  constructor(seed: number, authors = 3) {
    this.random = randomFrom(seed);
    this.server.clientID = this.random(0xffff_ffff);
    this.authors = Array.from({ length: authors }, (_, i) => this.open(`user-${i}`));
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) {
      const author = this.authors[this.random(this.authors.length)] as Author;
      this.edit(author);
      if (this.random(4) === 0) this.push(author);
      if (this.random(5) === 0) this.pull(author);
      if (this.random(40) === 0) this.reload(author);
    }
    for (const author of this.authors) this.push(author);
    for (const author of this.authors) this.pull(author);
  }

  private open(userId: string): Author {
    const author: Author = { userId, doc: new Y.Doc(), undo: null as never, queue: [], clients: new Set() };
    this.equip(author);
    return author;
  }

  private equip(author: Author): void {
    author.doc.clientID = this.random(0x1_0000_0000);
    author.clients.add(author.doc.clientID);
    author.undo = new Y.UndoManager([author.doc.getXmlFragment('body'), author.doc.getMap('meta')], {
      captureTimeout: 0,
    });
    author.doc.on('update', (update: Uint8Array, origin: unknown) => {
      this.emitted.push(update);
      if (origin !== 'server') author.queue.push(update);
    });
  }

  /** A new window: the work kept on the device, under a new clientID. */
  private reload(author: Author): void {
    const state = Y.encodeStateAsUpdate(author.doc);
    author.doc = new Y.Doc();
    Y.applyUpdate(author.doc, state);
    this.equip(author);
  }

  pull(author: Author): void {
    this.push(author);
    Y.applyUpdate(author.doc, Y.encodeStateAsUpdate(this.server, Y.encodeStateVector(author.doc)), 'server');
  }

  private push(author: Author): void {
    if (author.queue.length === 0 && this.random(8) !== 0) return;
    this.send(
      author,
      this.random(2) === 0 && author.queue.length > 0 ? Y.mergeUpdates(author.queue) : this.diff(author),
    );
    author.queue = [];
  }

  /** What the server lacks, reckoned from a state vector that may be stale: then it holds what others wrote as well. */
  private diff(author: Author): Uint8Array {
    const known = Y.decodeStateVector(Y.encodeStateVector(this.server));
    for (const [client, clock] of known) {
      if (this.random(author.clients.has(client) ? 2 : 3) === 0) known.set(client, this.random(clock + 1));
    }
    return Y.encodeStateAsUpdate(author.doc, Y.encodeStateVector(known));
  }

  private send(author: Author, update: Uint8Array): void {
    const scan = scanUpdate(update, DEFAULT_SCAN_LIMITS, baseOf(this.server));
    if (!scan.ok) throw new Error(`an honest update was refused by the scan: ${scan.detail}`);
    const state = Y.encodeStateAsUpdate(this.server);
    this.sent.push({ state, update, scan, userId: author.userId, owners: [...this.owners.map] });
    const outcome = passGate(this.server, update, this.owners, author.userId);
    if (!outcome.admitted) throw new Error(`an honest update was not admitted: ${outcome.code} ${outcome.detail}`);
    assertSound(this.server);
  }

  private edit(author: Author): void {
    const { doc, undo } = author;
    const body = doc.getXmlFragment('body');
    const meta = doc.getMap('meta');
    const { random } = this;
    const texts = textsIn(body);
    const text = texts[random(texts.length)];
    const word = WORDS[random(WORDS.length)] as string;
    switch (random(17)) {
      case 0:
      case 1:
      case 2:
      case 3:
        if (text !== undefined) text.insert(boundary(text, random(text.length + 1)), word);
        return;
      case 4:
        if (text !== undefined && text.length > 0) {
          const at = boundary(text, random(text.length));
          text.delete(at, boundary(text, text.length - random(text.length - at)) - at);
        }
        return;
      case 5:
        if (text !== undefined && text.length > 0) {
          const at = boundary(text, random(text.length));
          const end = boundary(text, text.length - random(text.length - at));
          text.format(at, end - at, random(2) === 0 ? { bold: {} } : { link: { href: '"é' }, bold: null });
        }
        return;
      case 6:
      case 7:
        doc.transact(() => body.insert(random(body.length + 1), [paragraph(word)]));
        return;
      case 8: {
        const list = new Y.XmlElement('bulletList');
        const item = new Y.XmlElement('listItem');
        item.insert(0, [paragraph(word), paragraph('')]);
        list.insert(0, [item]);
        body.insert(random(body.length + 1), [list]);
        return;
      }
      case 9:
        if (body.length > 0) body.delete(random(body.length), 1);
        return;
      case 10: {
        const node = body.length > 0 ? body.get(random(body.length)) : undefined;
        if (node instanceof Y.XmlElement) node.setAttribute('level', word);
        return;
      }
      case 11:
        meta.set(
          `key${random(4)}`,
          [null, undefined, 1, -5, 2 ** 40, 0.5, true, word, { a: [1, { b: word }] }, new Uint8Array(3)][random(10)],
        );
        return;
      case 12:
        meta.delete(`key${random(4)}`);
        return;
      case 13:
        undo.undo();
        return;
      case 14:
        undo.redo();
        return;
      case 15:
        if (text !== undefined) text.insertEmbed(boundary(text, random(text.length + 1)), { image: word });
        return;
      default: {
        const tags = meta.get('tags');
        if (tags instanceof Y.Array) tags.insert(random(tags.length + 1), [word, 7, new Y.Map([['k', word]])]);
        else meta.set('tags', new Y.Array());
      }
    }
  }
}

/** Editors do not cut a character in two: Yjs would replace both halves, not everywhere alike. */
function boundary(text: Y.XmlText, at: number): number {
  const plain = text.toDelta().map(({ insert }: { insert: unknown }) => (typeof insert === 'string' ? insert : '.'));
  const code = plain.join('').charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

function paragraph(text: string): Y.XmlElement {
  const element = new Y.XmlElement('paragraph');
  const content = new Y.XmlText();
  if (text !== '') content.insert(0, text);
  element.insert(0, [content]);
  return element;
}

function textsIn(parent: Y.XmlFragment | Y.XmlElement): Y.XmlText[] {
  return parent
    .toArray()
    .flatMap((node) => (node instanceof Y.XmlText ? [node] : node instanceof Y.XmlElement ? textsIn(node) : []));
}

/** Changes an update a little, as a broken or hostile sender might. */
export function mutate(update: Uint8Array, other: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = [...update];
  for (let edits = 1 + random(3); edits > 0; edits--) {
    const at = random(bytes.length);
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = ((bytes[at] ?? 0) + 1) & 0xff;
        break;
      case 2:
        bytes[at] = ((bytes[at] ?? 0) + 255) & 0xff;
        break;
      case 3:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 4:
        bytes.splice(at, random(4), ...Array.from({ length: random(4) }, () => random(256)));
        break;
      case 5:
        bytes.length = at;
        break;
      default:
        bytes.splice(at, random(12), ...other.subarray(random(other.length)).subarray(0, random(24)));
    }
  }
  return Uint8Array.from(bytes);
}

/** A well-formed update with arbitrary meaning: any content anywhere, among ids that exist or nearly do. */
export function hostileUpdate(doc: Y.Doc, clients: readonly number[], random: (below: number) => number): Uint8Array {
  const encoder = encoding.createEncoder();
  const uint = (n: number) => encoding.writeVarUint(encoder, n);
  const state = Y.decodeStateVector(Y.encodeStateVector(doc));
  const ends = new Map(state);
  const blocks = clients
    .filter(() => random(2) === 0)
    .sort((a, b) => b - a)
    .map((client) => {
      const known = state.get(client) ?? 0;
      const from = random(3) === 0 ? random(known + 1) : known;
      const lengths = Array.from({ length: 1 + random(8) }, () => (random(3) === 0 ? 1 + random(4) : 1));
      const block = { client, from, lengths };
      ends.set(client, Math.max(known, from + lengths.reduce((a, b) => a + b)));
      return block;
    });
  const ids = [...ends];
  const writeId = (ownClient: number, clock: number) => {
    const [client, end] = ids[random(ids.length)] ?? [ownClient, 1];
    uint(client);
    const below = client === ownClient && random(50) > 0 ? clock : end + (random(60) === 0 ? 1 : 0);
    uint(random(Math.max(1, below)));
  };
  uint(blocks.length);
  for (const { client, from, lengths } of blocks) {
    uint(lengths.length);
    uint(client);
    uint(from);
    let clock = from;
    for (const length of lengths) {
      writeStruct(encoder, random, length, () => writeId(client, clock), clock > 0 || ids.length > 1);
      clock += length;
    }
  }
  const deleted = ids.filter(([, end]) => end > 0 && random(3) === 0);
  uint(deleted.length);
  for (const [client, end] of deleted) {
    const ranges: [number, number][] = [];
    for (let at = random(end); at < end && ranges.length < 4; ) {
      const length = 1 + random(Math.min(5, end - at));
      ranges.push([at, length]);
      at += length + random(5);
    }
    uint(client);
    uint(ranges.length);
    for (const range of ranges) range.forEach(uint);
  }
  return encoding.toUint8Array(encoder);
}

function writeStruct(
  encoder: encoding.Encoder,
  random: (below: number) => number,
  length: number,
  writeId: () => void,
  anchors: boolean,
): void {
  const uint = (n: number) => encoding.writeVarUint(encoder, n);
  const text = (s: string) => encoding.writeVarString(encoder, s);
  const ref =
    length > 1
      ? ([0, 1, 4, 8, 2][random(5)] as number)
      : (([0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 8] as const)[random(11)] as number);
  const info =
    ref === 0 ? 0 : ref | (anchors ? ([0, 0x80, 0x40, 0xc0][random(4)] as number) : 0) | (random(3) === 0 ? 0x20 : 0);
  encoding.writeUint8(encoder, info);
  if (ref === 0) {
    uint(length);
    return;
  }
  if ((info & 0x80) !== 0) writeId();
  if ((info & 0x40) !== 0) writeId();
  if ((info & 0xc0) === 0) {
    if (!anchors || random(3) === 0) {
      uint(1);
      text(['body', 'meta'][random(2)] as string);
    } else {
      uint(0);
      writeId();
    }
    if ((info & 0x20) !== 0) text(`key${random(2)}`);
  }
  switch (ref) {
    case 1:
      uint(length);
      return;
    case 2:
      uint(length);
      for (let i = 0; i < length; i++) text(['undefined', '{"a":[1]}'][random(2)] as string);
      return;
    case 3:
      encoding.writeVarUint8Array(encoder, new Uint8Array(2));
      return;
    case 4:
      text('x'.repeat(length));
      return;
    case 5:
      text('{"embed":1}');
      return;
    case 6:
      text(['bold', 'em'][random(2)] as string);
      text(['{}', 'null'][random(2)] as string);
      return;
    case 7: {
      const type = random(7);
      uint(type);
      if (type === 3 || type === 5) text('p');
      return;
    }
    default:
      uint(length);
      for (let i = 0; i < length; i++) encoding.writeAny(encoder, { a: i });
  }
}
