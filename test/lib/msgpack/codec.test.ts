/** The author protocol's wire form: what MessagePack peers write is read and the reverse, and hostile bytes cost little. */

import { deepStrictEqual, ok, throws } from 'node:assert/strict';
import { createRequire } from 'node:module';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as stock from 'socket.io-msgpack-parser';
import { decode, encode, MsgpackError } from '../../../src/lib/msgpack/msgpack.ts';
import { Decoder, Encoder } from '../../../src/lib/msgpack/packet-parser.ts';

/** The one that the stock parser brings along. */
const notepack = createRequire(createRequire(import.meta.url).resolve('socket.io-msgpack-parser'))('notepack.io') as {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
};

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
/** Runs a property; a counterexample is shrunk and shown with its seed. */
const holds = <T>(t: ExecutionContext, property: fc.IProperty<T>, numRuns = 300): void => {
  t.notThrows(() => fc.assert(property, { seed, numRuns }));
};

const keys = fc.string({ maxLength: 12, unit: 'binary' }).filter((key) => key !== '__proto__');
const leaves = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
  fc.maxSafeInteger(),
  // notepack.io writes whole numbers past 2^53 as wrapped 64-bit integers: nothing counts so far.
  fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 300 }),
);
/** Values as they travel: plain data, three levels deep. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaves,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 20, noNullPrototype: true }),
  ),
})).value;

/** Buffers and byte views alike, so that only content is compared. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
};

test('what is encoded comes back', (t) => {
  holds(
    t,
    fc.property(values, (value) => {
      deepStrictEqual(plain(decode(encode(value))), plain(value));
    }),
  );
});

test('notepack.io reads what is written here, and what it writes is read here', (t) => {
  holds(
    t,
    fc.property(values, (value) => {
      deepStrictEqual(plain(notepack.decode(encode(value))), plain(value), 'ours -> notepack');
      deepStrictEqual(plain(decode(notepack.encode(value))), plain(value), 'notepack -> ours');
    }),
  );
});

test('each form of a length is read back: strings, binary, arrays and maps around 5, 8 and 16 bits', (t) => {
  for (const size of [0, 1, 15, 16, 31, 32, 63, 64, 65, 255, 256, 65_535, 65_536, 70_000]) {
    for (const value of [
      'a'.repeat(size),
      'é'.repeat(size),
      '😀'.repeat(size),
      new Uint8Array(size).fill(7),
      new Array(size).fill(null),
      Object.fromEntries(Array.from({ length: size }, (_, index) => [`key ${index}`, index])),
    ]) {
      const bytes = encode(value);
      t.deepEqual(plain(decode(bytes)), plain(value));
      t.deepEqual(plain(notepack.decode(bytes)), plain(value));
    }
  }
});

test('text that differs only within a word seen before is not taken for it', (t) => {
  // Same length, same first and last letter: whatever is remembered of one must not answer for the other.
  for (const word of ['edit', 'exit', 'emit', 'edit', 'e\u0000it', 'exit', '', 'e', '']) {
    t.is(decode(encode(word)), word);
    t.deepEqual(decode(encode({ [word]: word })), { [word]: word });
  }
});

test('undefined is left out of maps and travels as nil elsewhere', (t) => {
  t.deepEqual(decode(encode({ a: undefined, b: 1 })), { b: 1 });
  t.deepEqual(decode(encode([undefined, 1])), [null, 1]);
  t.deepEqual(decode(notepack.encode([undefined, 1])), [undefined, 1]);
});

test('an encoded message is its own: the next one does not change it', (t) => {
  const first = encode(['first', new Uint8Array(2_000).fill(1)]);
  const copy = Uint8Array.from(first);
  encode(['second', new Uint8Array(2_000).fill(2)]);
  encode(new Uint8Array(2_000_000).fill(3));
  t.deepEqual(Uint8Array.from(first), copy);
});

test('what has no form is refused, and does not spoil the next message', (t) => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const value of [1n, () => 1, Symbol('x'), cycle, { nested: { a: 1n } }]) {
    t.throws(() => encode(value), { instanceOf: MsgpackError });
    t.deepEqual(decode(encode({ ok: true })), { ok: true });
  }
});

test('I10 random bytes end in a value or in a MsgpackError, nothing else', (t) => {
  holds(
    t,
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decode(bytes);
      } catch (error) {
        ok(error instanceof MsgpackError, String(error));
      }
    }),
    5_000,
  );
});

test('I10 a message cut short or with one byte changed ends in a value or in a MsgpackError', (t) => {
  holds(
    t,
    fc.property(values, fc.nat(), fc.integer({ min: 0, max: 255 }), (value, place, byte) => {
      const whole = Uint8Array.from(encode(value));
      const cut = whole.subarray(0, place % whole.byteLength);
      throws(() => decode(cut), MsgpackError, 'a prefix is never a message');
      whole[place % whole.byteLength] = byte;
      try {
        decode(whole);
      } catch (error) {
        ok(error instanceof MsgpackError, String(error));
      }
    }),
  );
});

test('I10 a length that promises more than there is costs nothing', (t) => {
  const claims: number[][] = [
    [0xc6, 0xff, 0xff, 0xff, 0xff],
    [0xdb, 0xff, 0xff, 0xff, 0xff],
    [0xdd, 0xff, 0xff, 0xff, 0xff],
    [0xdf, 0xff, 0xff, 0xff, 0xff],
    [0xdf, 0x80, 0x00, 0x00, 0x00],
    [0xdc, 0xff, 0xff, 0x01],
    [0xde, 0xff, 0xff, 0xa1, 0x61, 0x01],
  ];
  const before = process.memoryUsage();
  for (let round = 0; round < 2_000; round += 1) {
    for (const claim of claims) t.throws(() => decode(Uint8Array.from(claim)), { message: 'truncated' });
  }
  const after = process.memoryUsage();
  t.true(after.arrayBuffers - before.arrayBuffers < 16 * 1_048_576, 'four gigabytes were promised each time');
});

test('I10 nesting is bounded, both ways', (t) => {
  const deep = (levels: number) => Uint8Array.from([...new Array(levels).fill(0x91), 0xc0]);
  t.notThrows(() => decode(deep(8)));
  t.throws(() => decode(deep(9)), { message: 'nested too deep' });
  t.throws(() => decode(deep(100_000)), { message: 'nested too deep' });
  let value: unknown = null;
  for (let level = 0; level < 9; level += 1) value = [value];
  t.throws(() => encode(value), { message: 'nested too deep' });
});

test('I10 keys that are no text, and __proto__, are refused', (t) => {
  const proto = [...Buffer.from('__proto__')];
  for (const bytes of [
    [0x81, 0x01, 0x01],
    [0x81, 0x90, 0x01],
    [0x81, 0xc0, 0x01],
    [0x81, 0xa0 | proto.length, ...proto, 0x80],
  ]) {
    t.throws(() => decode(Uint8Array.from(bytes)), { instanceOf: MsgpackError });
  }
  t.is(Object.getPrototypeOf(decode(encode({ constructor: 1 }))), Object.prototype);
});

test('I10 text that is not UTF-8 is refused at every length', (t) => {
  for (const size of [1, 5, 16, 17, 31]) {
    const bytes = Uint8Array.from([0xa0 | size, ...new Array(size - 1).fill(0x61), 0xff]);
    t.throws(() => decode(bytes), { message: 'a string that is not UTF-8' });
  }
});

const collected = (bytes: unknown): unknown[] => {
  const packets: unknown[] = [];
  const decoder = new Decoder();
  decoder.on('decoded', (packet) => packets.push(packet));
  decoder.add(bytes);
  return packets;
};

const packets = [
  { type: 0, nsp: '/', data: { token: 'secret' } },
  { type: 0, nsp: '/', data: undefined },
  { type: 1, nsp: '/', data: undefined },
  { type: 2, nsp: '/', data: ['edit', { doc: 'x', n: 1, update: new Uint8Array([1, 2, 3]) }], id: 7 },
  { type: 2, nsp: '/', data: ['ping', {}], id: undefined, options: { compress: true } },
  { type: 3, nsp: '/admin', data: [{ ok: true }], id: 0 },
  { type: 3, nsp: '/', data: [], id: 0 },
  { type: 4, nsp: '/', data: { message: 'no', data: { code: 'unauthenticated' } } },
];
const essence = ({ type, nsp, data, id }: Record<string, unknown>) =>
  plain({ type, nsp, ...(data === undefined ? {} : { data }), ...(id === undefined ? {} : { id }) });

test('packets of the stock parser are read here, as views of Node buffers and as ArrayBuffers', (t) => {
  const encoder = new stock.Encoder();
  for (const packet of packets) {
    const [bytes] = encoder.encode(packet) as unknown as [Uint8Array];
    t.like(plain(collected(bytes)[0]), essence(packet) as object);
    t.like(plain(collected(Uint8Array.from(bytes).buffer)[0]), essence(packet) as object);
  }
});

test('the stock parser reads packets written here', (t) => {
  const encoder = new Encoder();
  for (const packet of packets) {
    const read: unknown[] = [];
    const decoder = new stock.Decoder();
    decoder.on('decoded', (one: unknown) => read.push(one));
    decoder.add(encoder.encode(packet as Parameters<Encoder['encode']>[0])[0]);
    t.deepEqual(essence(read[0] as Record<string, unknown>), essence(packet));
  }
});

test('I10 what is not a packet is refused', (t) => {
  const wrong: unknown[] = [
    null,
    1,
    'text',
    [],
    {},
    { type: 5, nsp: '/', data: ['a'] },
    { type: -1, nsp: '/' },
    { type: 1.5, nsp: '/' },
    { type: '2', nsp: '/', data: ['a'] },
    { type: 2, data: ['a'] },
    { type: 2, nsp: 1, data: ['a'] },
    { type: 2, nsp: '/', data: [] },
    { type: 2, nsp: '/', data: {} },
    { type: 2, nsp: '/', data: new Uint8Array(3) },
    { type: 2, nsp: '/', data: ['a'], id: 'x' },
    { type: 2, nsp: '/', data: ['a'], id: 0.5 },
    { type: 3, nsp: '/' },
    { type: 1, nsp: '/', data: {} },
    { type: 0, nsp: '/', data: [] },
    { type: 0, nsp: '/', data: new Uint8Array(1) },
    { type: 4, nsp: '/' },
  ];
  for (const value of wrong)
    t.throws(() => collected(encode(value)), { instanceOf: MsgpackError }, JSON.stringify(value));
  for (const chunk of ['text', undefined, {}, 1]) t.throws(() => collected(chunk), { instanceOf: MsgpackError });
});

test('a removed listener is not called', (t) => {
  const decoder = new Decoder();
  const called: string[] = [];
  const one = () => called.push('one');
  decoder.on('decoded', one).on('decoded', () => called.push('two'));
  const [bytes] = new Encoder().encode({ type: 1, nsp: '/' });
  decoder.add(bytes);
  decoder.off('decoded', one).add(bytes);
  decoder.destroy();
  decoder.add(bytes);
  t.deepEqual(called, ['one', 'two', 'two']);
});
