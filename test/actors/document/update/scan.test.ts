/** The strict scan of one v1 update: what it refuses, with which code, and that it says what Yjs would read. */
import test from 'ava';
import * as Y from 'yjs';
import { DEFAULT_SCAN_LIMITS, type ScanLimits } from '../../../../src/actors/document/update/limits.ts';
import { scanUpdate } from '../../../../src/actors/document/update/scan.ts';
import { oneBlock, type Wire, wire } from '../../../support/update-documents.ts';

function outcome(bytes: Uint8Array, limits: Partial<ScanLimits> = {}): string {
  const scan = scanUpdate(bytes, { ...DEFAULT_SCAN_LIMITS, ...limits });
  return scan.ok ? 'ok' : `${scan.code}: ${scan.detail}`;
}

/** One struct at the start of root "t": the info byte, its parent, and what `write` adds. */
const inRoot = (info: number, write: (to: Wire) => void): Uint8Array =>
  oneBlock(7, 0, 1, (to) => {
    to.b(info);
    to.u(1);
    to.s('t');
    write(to);
  });
const embed = (json: string): Uint8Array => inRoot(5, (to) => to.s(json));
const any = (...bytes: number[]): Uint8Array => inRoot(8, (to) => to.b(1, ...bytes));

const malformed: Record<string, Uint8Array> = {
  'an empty message': new Uint8Array(),
  'an update without its delete set': Uint8Array.of(0),
  'bytes after the end': Uint8Array.of(0, 0, 0),
  'a varint that never ends': new Uint8Array(400).fill(0x80),
  'a varint above 2^53 - 1': Uint8Array.of(1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
  'a varint padded with zeros': Uint8Array.of(0x80, 0, 0),
  'a block without structs': Uint8Array.of(1, 0, 7, 0, 0),
  'more structs than bytes': wire((to) => to.u(1, 30_000, 7, 0)),
  'two blocks of one client': Uint8Array.of(2, 1, 7, 0, 0, 1, 1, 7, 1, 0, 1, 0),
  'two blocks of one client, out of order': Uint8Array.of(3, 1, 7, 0, 0, 1, 1, 8, 0, 0, 1, 1, 7, 1, 0, 1, 0),
  'an unknown struct bit on collected content': Uint8Array.of(1, 1, 7, 0, 0x20, 1, 0),
  'an unknown content kind': inRoot(11, () => undefined),
  'collected content of no length': Uint8Array.of(1, 1, 7, 0, 0, 0, 0),
  'deleted content of no length': inRoot(1, (to) => to.u(0)),
  'an empty string': inRoot(4, (to) => to.s('')),
  'an empty list': inRoot(8, (to) => to.u(0)),
  'a list longer than its bytes': inRoot(8, (to) => to.u(1_000_000_000)),
  'a string longer than its bytes': inRoot(4, (to) => to.u(1_000_000_000)),
  'bytes longer than the update': inRoot(3, (to) => to.u(1_000_000_000)),
  'an unknown shared type': inRoot(7, (to) => to.u(7)),
  'an unknown parent kind': oneBlock(7, 0, 1, (to) => {
    to.b(4);
    to.u(2);
    to.s('t');
    to.s('x');
  }),
  'an unknown value': any(115),
  'a cut float': any(123, 0),
  'a struct that is its own origin': oneBlock(7, 0, 1, (to) => {
    to.b(0x84);
    to.u(7, 0);
    to.s('x');
  }),
  'a struct whose right neighbour is its own future': oneBlock(7, 0, 1, (to) => {
    to.b(0x44);
    to.u(7, 5);
    to.s('x');
  }),
  'an empty delete list': Uint8Array.of(0, 1, 7, 0),
  'an empty delete range': Uint8Array.of(0, 1, 7, 1, 3, 0),
  'overlapping delete ranges': Uint8Array.of(0, 1, 7, 2, 0, 5, 4, 2),
  'delete ranges out of order': Uint8Array.of(0, 1, 7, 2, 5, 1, 0, 1),
  'two delete lists of one client': Uint8Array.of(0, 2, 7, 1, 0, 1, 7, 1, 5, 1),
};
for (const [what, bytes] of Object.entries(malformed)) {
  test(`I10 ${what} is refused as malformed`, (t) => {
    t.regex(outcome(bytes), /^update_malformed: /);
  });
}

for (const [what, bytes] of Object.entries({
  'an overlong form': [0xc0, 0xaf],
  'a lone surrogate': [0xed, 0xa0, 0x80],
  'a code point above U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'a cut sequence': [0x61, 0xe2, 0x82],
  'a stray continuation': [0x80],
})) {
  test(`I10 text with ${what} is refused as malformed`, (t) => {
    const update = inRoot(4, (to) => {
      to.u(bytes.length);
      to.b(...bytes);
    });
    t.is(outcome(update), 'update_malformed: a string is not UTF-8');
    t.throws(() => Y.applyUpdate(new Y.Doc(), update));
  });
}

test('I10 the length of text is counted as Yjs counts it', (t) => {
  for (const text of ['a', 'é', '日本', '🙂', 'x🙂é', '\ufeffx', '\u{10ffff}', '\ud7ff\ue000']) {
    const scan = scanUpdate(
      inRoot(4, (to) => to.s(text)),
      DEFAULT_SCAN_LIMITS,
    );
    t.true(scan.ok);
    if (scan.ok) t.is(scan.blocks[0]?.to, text.length);
  }
});

test('I10 embedded JSON is accepted exactly when JSON.parse accepts it', (t) => {
  const texts =
    '{} [] null true false 0 -0 1e9 1.5E-3 "a" {"a":[1,{"b":null}]} "\\u00e9\\n" tru nul 01 1. .5 - 1e + {a:1} {"a"} {"a":1,} [1,] [1 "a "\\x" "\\u12" \\ {} [ { ] } undefined NaN'.split(
      ' ',
    );
  for (const text of [
    ...texts,
    '',
    ' ',
    ' { "a" : 1 , "b" : [ ] } ',
    '"\u0001"',
    '{} {}',
    '\ufeff1',
    '[,1]',
    '"\u2028"',
  ]) {
    let parses = true;
    try {
      JSON.parse(text);
    } catch {
      parses = false;
    }
    t.is(outcome(embed(text)), parses ? 'ok' : 'update_malformed: a value is not JSON', text);
  }
  t.is(
    outcome(
      inRoot(2, (to) => {
        to.u(2);
        to.s('undefined');
        to.s('{}');
      }),
    ),
    'ok',
  );
});

test('I10 gaps, subdocuments, __proto__ keys and clientIDs above 32 bits are refused as unsupported', (t) => {
  const updates = [
    Uint8Array.of(1, 1, 7, 0, 10, 1, 0),
    inRoot(9, (to) => {
      to.s('guid');
      to.b(118, 0);
    }),
    any(118, 1, 9, ...Buffer.from('__proto__'), 126),
    embed('{"a":{"__proto__":1}}'),
    embed('{"\\u005f_proto__":1}'),
    inRoot(6, (to) => {
      to.s('__proto__');
      to.s('1');
    }),
    inRoot(0x28, (to) => {
      to.s('__proto__');
      to.b(1, 126);
    }),
    wire((to) => to.u(1, 1, 2 ** 32, 0)),
  ];
  for (const update of updates) t.regex(outcome(update), /^update_unsupported: /);
});

test('I9 each limit of the scan is kept and named', (t) => {
  const text = inRoot(4, (to) => to.s('four'));
  t.is(outcome(text), 'ok');
  t.is(outcome(text, { maxBytes: text.length - 1 }), 'update_limit: too many bytes');
  t.is(outcome(text, { maxStructs: 0 }), 'update_limit: too many structs');
  t.is(outcome(text, { maxClients: 0 }), 'update_limit: too many clients');
  t.is(outcome(text, { maxClockAdvance: 3 }), 'update_limit: the clock runs too far');
  t.is(outcome(text, { maxClock: 3 }), 'update_limit: the clock runs too far');
  t.is(outcome(Uint8Array.of(0, 1, 7, 2, 0, 1, 2, 1), { maxDeleteRanges: 1 }), 'update_limit: too many delete ranges');
  t.is(outcome(Uint8Array.of(0, 1, 7, 1, 0, 9), { maxClock: 8 }), 'update_limit: the clock runs too far');
  t.is(outcome(any(117, 1, 117, 0), { maxValueDepth: 2 }), 'ok');
  t.is(outcome(any(117, 1, 117, 0), { maxValueDepth: 1 }), 'update_limit: a value is nested too deep');
  t.is(outcome(embed('[{}]'), { maxValueDepth: 2 }), 'ok');
  t.is(outcome(embed('[{}]'), { maxValueDepth: 1 }), 'update_limit: a value is nested too deep');
});

/** Under 32 bytes of v2 whose run lengths say "this collected struct of length 1, `count` times". */
function endlessV2(count: number): Uint8Array {
  return wire((to) => {
    const column = (...bytes: number[]) => {
      to.u(bytes.length);
      to.b(...bytes);
    };
    to.u(0); // feature flag
    column(); // keys
    column(7); // clients
    column(); // left clocks
    column(); // right clocks
    column(0); // info: without a count, for ever
    column(0, 0); // strings
    column(); // parent info
    column(); // type refs
    const length = wire((run) => {
      run.b(0x41);
      run.u(count);
    });
    column(...length);
    to.u(1, count, 0, 0);
  });
}

test('I10 a small v2 update with endless run lengths is refused', (t) => {
  const doc = new Y.Doc();
  Y.applyUpdateV2(doc, endlessV2(20_000));
  t.is(Y.getState(doc.store, 7), 20_000);
  for (const count of [20_000, 2 ** 31, 2 ** 40]) {
    const update = endlessV2(count);
    t.true(update.length < 40);
    t.regex(outcome(update), /^update_malformed: /);
  }
});

test('I10 every kind of content that Yjs writes is accepted, and its clocks are right', (t) => {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const list = doc.getArray('list');
  list.insert(0, [
    1,
    -70,
    2 ** 40,
    0.1,
    1e300,
    'é',
    null,
    true,
    false,
    { a: [{}], b: 9n, c: undefined },
    new Uint8Array(2),
  ]);
  list.insert(0, [
    new Y.Map(),
    new Y.Array(),
    new Y.Text('x'),
    new Y.XmlText(),
    new Y.XmlElement('p'),
    new Y.XmlFragment(),
    new Y.XmlHook('h'),
  ]);
  doc.getText('text').insert(0, 'abc', { bold: true });
  doc.getText('text').insertEmbed(1, { image: 1 });
  list.delete(1, 4);
  const update = Y.encodeStateAsUpdate(doc);
  const scan = scanUpdate(update, DEFAULT_SCAN_LIMITS);
  const { structs } = Y.decodeUpdate(update);
  t.true(scan.ok);
  if (scan.ok) {
    t.is(scan.structCount, structs.length);
    t.deepEqual(
      structs.map((struct) => struct.id.clock),
      scan.records.filter((_, i) => i % 6 === 0),
    );
  }
});
