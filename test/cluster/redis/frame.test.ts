// The wire format between nodes: what goes in comes out, and nothing that comes in can harm.
import test from 'ava';
import fc from 'fast-check';
import {
  decodePayload,
  encodeFrame,
  encodeHeader,
  encodeRefusal,
  type Frame,
} from '../../../src/cluster/redis/frame.ts';

const frames: Frame[] = [
  { kind: 'call', id: 2 ** 40, method: 'open', value: { doc: 'a', bytes: new Uint8Array([1, 2, 3]) } },
  { kind: 'answer', id: 1, value: null },
  { kind: 'failed', id: 2 },
  { kind: 'post', topic: 'edits', value: [1, 'ø', true] },
  { kind: 'publication', value: 'x' },
  { kind: 'beat', instance: 'ab', sentAt: 12.5 },
  { kind: 'leave', instance: 'ab' },
];
const payload = (...parts: Uint8Array[]): Buffer => Buffer.concat([encodeHeader('nøde'), ...parts]);

test('a payload carries its sender and frames of every kind in order', (t) => {
  t.deepEqual(decodePayload(payload(...frames.map(encodeFrame))), {
    outcome: 'frames',
    from: 'nøde',
    frames,
    malformed: 0,
  });
  t.deepEqual(decodePayload(payload()), { outcome: 'frames', from: 'nøde', frames: [], malformed: 0 });
});

test('frames of unknown kinds are skipped, those around them count', (t) => {
  const unknown = Buffer.from([0x92, 99, 1]);
  const decoded = decodePayload(payload(encodeFrame(frames[2]!), unknown, encodeFrame(frames[6]!)));
  t.deepEqual(decoded, { outcome: 'frames', from: 'nøde', frames: [frames[2]!, frames[6]!], malformed: 1 });
});

test('another version and a refusal are recognised by the header alone', (t) => {
  const other = payload(Buffer.from([0xff, 0xff]));
  other[2] = 7;
  t.deepEqual(decodePayload(other), { outcome: 'foreign', from: 'nøde', version: 7 });
  const refusal = encodeRefusal('n');
  t.deepEqual(decodePayload(refusal), { outcome: 'refusal', from: 'n' });
  refusal[2] = 9;
  t.deepEqual(decodePayload(refusal), { outcome: 'refusal', from: 'n' }, 'in any version');
});

test('a node id of no or too many bytes is a mistake', (t) => {
  t.throws(() => encodeHeader(''), { instanceOf: RangeError });
  t.throws(() => encodeHeader('ø'.repeat(128)), { instanceOf: RangeError });
});

test('I10 no bytes make the decoder throw', (t) => {
  const start = encodeHeader('n');
  const check = (bytes: Uint8Array): void => void decodePayload(bytes);
  const parameters = { numRuns: 2000, verbose: true };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), check), parameters);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (body) => check(Buffer.concat([start, body]))),
    parameters,
  );
  const whole = payload(...frames.map(encodeFrame));
  for (let end = 0; end < whole.length; end++) check(whole.subarray(0, end));
  t.pass();
});
