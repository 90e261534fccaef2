/**
 * What frames of the author protocol cost to write and to read: the codec in `src/lib/msgpack`, beside msgpackr with the same
 * checks. Hostile frames show what reading costs before a frame is refused, and what each takes for a packet.
 */
import { randomFillSync } from 'node:crypto';
import { Packr, Unpackr } from 'msgpackr';
import * as Y from 'yjs';
import { decode, encode } from '../../../src/lib/msgpack/msgpack.ts';

interface Contender {
  readonly name: string;
  encode(value: unknown): Uint8Array;
  /** Throws on what the protocol does not send. */
  decode(bytes: Uint8Array): unknown;
}

const MAX_DEPTH = 8;
const packr = new Packr({ useRecords: false, mapsAsObjects: true });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

/** What `decode` of ours checks while it reads. msgpackr has read all of it by then, and renamed the key `__proto__`. */
function check(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error('nested too deep');
  if (typeof value === 'bigint') throw new Error('a type that is not used here');
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error('a type that is not used here');
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || key === '__proto_') throw new Error('a key that is not used here');
    check((value as Record<string, unknown>)[key], depth + 1);
  }
}

const CONTENDERS: readonly Contender[] = [
  { name: 'stet', encode, decode },
  {
    name: 'msgpackr, same checks',
    encode: (value) => packr.pack(value),
    decode(bytes) {
      const value: unknown = unpackr.unpack(bytes);
      check(value, 0);
      return value;
    },
  },
  { name: 'msgpackr, unchecked', encode: (value) => packr.pack(value), decode: (bytes) => unpackr.unpack(bytes) },
];

const DOC = '7f3c2a90-5d1e-4b6f-8a27-3c9e1d4f5b60';

/** The update that a keystroke in the middle of a paragraph makes. */
function keystroke(): Uint8Array {
  const doc = new Y.Doc();
  const text = new Y.XmlText('They come in March, in the evening.');
  doc.getXmlFragment('body').insert(0, [text]);
  let update: Uint8Array = new Uint8Array();
  doc.on('update', (made: Uint8Array) => {
    update = made;
  });
  text.insert(10, 'x');
  return update;
}

const event = (name: string, body: object, id?: number) => ({
  type: 2,
  nsp: '/',
  data: [name, body],
  ...(id !== undefined && { id }),
});
const FRAMES: Readonly<Record<string, object>> = {
  'edit of a keystroke': event('edit', { doc: DOC, n: 4_711, update: Buffer.from(keystroke()) }, 4_711),
  'its acknowledgement': { type: 3, nsp: '/', id: 4_711, data: [{ ok: true, n: 4_711, seq: 123_456 }] },
  'edits of 64 KiB': event('edits', {
    doc: DOC,
    epoch: 3,
    seq: 123_456,
    from: 123_400,
    update: randomFillSync(Buffer.alloc(65_536)),
  }),
  'revision of 20 KB of text': event('revision', {
    slug: 'cranes',
    id: DOC,
    revision: 7,
    title: 'Kraniche über dem See',
    summary: '',
    html: '<p>Sie kommen im März, am Abend, über das Wasser.</p>'.repeat(400),
    publishedAt: '2026-11-27T10:00:00.000Z',
  }),
};

const repeated = (byte: number, count: number): Uint8Array => new Uint8Array(count).fill(byte);
const EDIT = encode(FRAMES['edit of a keystroke']);
const HOSTILE: Readonly<Record<string, Uint8Array>> = {
  'arrays nested 1,000,000 deep': repeated(0x91, 1_000_000),
  'arrays nested 9 deep': new Uint8Array([...repeated(0x91, 9), 0xc0]),
  'an array of 4,294,967,295': new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0]),
  '200,000 arrays that say 65,535': new Uint8Array(600_000).map((_, at) => (at % 3 === 0 ? 0xdc : 0xff)),
  'a string that ends too early': new Uint8Array([0xdb, 0x7f, 0xff, 0xff, 0xff, 0x61]),
  'a key named __proto__': encode(JSON.parse('[{"__proto_x":{}}]')).map((byte) => (byte === 0x78 ? 0x5f : byte)),
  'bytes after the end': new Uint8Array([...EDIT, 0xc0]),
  'a string that is not UTF-8': new Uint8Array([0xa2, 0xc3, 0x28]),
  'a date': new Uint8Array([0xd6, 0xff, 0, 0, 0, 0]),
};

export function msgpack({ seconds }: { seconds: number }): void {
  for (const [frame, value] of Object.entries(FRAMES)) {
    const bytes = encode(value);
    for (const { name, encode: write, decode: read } of CONTENDERS) {
      const encodeNs = nsOf(() => write(value), seconds);
      const decodeNs = nsOf(() => read(bytes), seconds);
      console.log(JSON.stringify({ frame, bytes: bytes.byteLength, contender: name, encodeNs, decodeNs }));
    }
  }
  for (const [frame, bytes] of Object.entries(HOSTILE)) {
    for (const { name, decode: read } of CONTENDERS) {
      const startedAt = performance.now();
      let outcome = 'taken';
      try {
        read(bytes);
      } catch (error) {
        outcome = error instanceof RangeError ? `refused: ${error.message}` : 'refused';
      }
      const ms = Number((performance.now() - startedAt).toFixed(2));
      console.log(JSON.stringify({ frame, bytes: bytes.byteLength, contender: name, outcome, ms }));
    }
  }
}

/** Nanoseconds a call: the median of five rounds, which no pause of the machine moves. */
function nsOf(call: () => unknown, seconds: number): number {
  const rounds = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    const until = startedAt + (seconds * 1_000) / 5;
    let calls = 0;
    while (performance.now() < until) {
      for (let at = 0; at < 100; at += 1) call();
      calls += 100;
    }
    return ((performance.now() - startedAt) * 1e6) / calls;
  });
  return Math.round(rounds.sort((a, b) => a - b)[2] ?? 0);
}
