/** One text for each address, one network for each client, and no form of an address that is another to somebody else. */
import { isIP } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import { addressOfBytes, createNetworkSet, isNetwork, networkOf, normalizeAddress } from '../../src/lib/addresses.ts';

/** 16 bytes with runs of zeros, as addresses have them. */
const ipv6Bytes = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
  minLength: 16,
  maxLength: 16,
});
const longText = (bytes: readonly number[]): string =>
  Array.from({ length: 8 }, (_, group) =>
    bytes
      .slice(2 * group, 2 * group + 2)
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(''),
  ).join(':');

test('an address has its short form, and IPv4 inside IPv6 is IPv4', (t) => {
  t.is(normalizeAddress('127.0.0.1'), '127.0.0.1');
  t.is(normalizeAddress('::ffff:10.1.2.3'), '10.1.2.3');
  t.is(normalizeAddress('::FFFF:a01:203'), '10.1.2.3');
  t.is(normalizeAddress('0000:0000:0000:0000:0000:ffff:7f00:0001'), '127.0.0.1');
  t.is(normalizeAddress('0000:0000:0000:0000:0000:0000:0000:0001'), '::1');
  t.is(normalizeAddress('2001:0db8:0000:0000:0000:0000:0000:00a1'), '2001:db8::a1');
  t.is(normalizeAddress('2001:DB8:0:1:0:0:0:A1'), '2001:db8:0:1::a1');
  t.is(normalizeAddress('::127.0.0.1'), '::7f00:1', 'IPv4-compatible, which is not IPv4');
  for (const text of [
    '',
    'unknown',
    '::ffff:10.0.0.1%eth0',
    'fe80::1%eth0.1',
    '1:2:3',
    '::ffff:010.0.0.1',
    ':::',
    '[::1]',
  ])
    t.is(normalizeAddress(text), text);
});

test('any 16 bytes have the short form that a URL has, in text and in bytes', (t) => {
  fc.assert(
    fc.property(ipv6Bytes, (bytes) => {
      const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
      const text = longText(bytes);
      const expected = isMapped ? bytes.slice(12).join('.') : new URL(`http://[${text}]/`).hostname.slice(1, -1);
      t.is(normalizeAddress(text), expected);
      t.is(addressOfBytes(bytes), expected);
    }),
    { numRuns: 1_000 },
  );
  t.is(addressOfBytes([10, 1, 2, 3]), '10.1.2.3');
  t.is(addressOfBytes([...Array<number>(10).fill(0), 255, 255, 10, 1, 2, 3]), '10.1.2.3');
  t.is(addressOfBytes([]), '');
});

test('an IPv6 network counts as one address, an IPv4 address as itself', (t) => {
  t.is(networkOf('192.0.2.1'), '192.0.2.1');
  t.is(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
  t.is(networkOf('::ffff:c000:201'), '192.0.2.1');
  t.is(networkOf('::1'), '0:0:0:0::/64');
  t.is(networkOf('2001:db8::1'), networkOf('2001:0DB8:0:0:ffff::'));
  t.is(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
  t.is(networkOf('fe80::1%eth0.7'), networkOf('fe80::2'));
  t.not(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:2::1'));
  t.is(networkOf('1:2:3:4:5:6:7:8'), '1:2:3:4::/64');
  t.is(networkOf('2001:db8:1:2:3:4:192.0.2.1'), '2001:db8:1:2::/64');
  for (const text of ['', 'unknown', '1:2:3', '::ffff:256.0.0.1', 'a:b']) t.is(networkOf(text), text);
});

test('however many addresses come, each has its own network', (t) => {
  for (let at = 0; at < 10_000; at += 1) {
    const group = at.toString(16);
    t.is(networkOf(`2001:db8:0:${group}::1`), `2001:db8:0:${group}::/64`);
  }
  t.is(networkOf('2001:db8:0:7::2'), '2001:db8:0:7::/64');
});

test('a network is an address with at most as many bits as it has; other forms are none', (t) => {
  for (const text of [
    '10.0.0.0/8',
    '10.0.0.1',
    '0.0.0.0/0',
    '::/0',
    'fd00::/8',
    '::1',
    '::ffff:10.0.0.0/104',
    '1.2.3.4/032',
  ])
    t.true(isNetwork(text), text);
  for (const text of [
    '',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10/8',
    '010.0.0.0/8',
    '0x0a.0.0.0/8',
    '167772160',
    '10.0.0.0/-1',
    '10.0.0.0/8.0',
    'fe80::1%eth0',
    'example.org',
  ])
    t.false(isNetwork(text), text);
  t.throws(() => createNetworkSet(['10.0.0.0/33']), { message: /not a network/ });
});

test('an address is in a network however it is written, and another’s form is in none', (t) => {
  const isInside = createNetworkSet(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::ffff:198.51.100.0/120']);
  for (const address of [
    '10.0.0.1',
    '10.255.255.255',
    '192.0.2.7',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    'fdff::1',
    'FD00::1',
    'fd00::1%eth0',
    '198.51.100.9',
    '::ffff:198.51.100.9',
  ])
    t.true(isInside(address), address);
  for (const address of [
    '11.0.0.0',
    '192.0.2.8',
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    'fc00::1',
    '198.51.101.1',
    '',
    'unknown',
    '010.0.0.1',
    '012.0.0.1',
    '0x0a.0.0.1',
    '10.1',
    '167772161',
    '10.0.0.1 ',
    '10.0.0.1/8',
    '[fd00::1]',
  ])
    t.false(isInside(address), address);
  t.false(createNetworkSet([])('10.0.0.1'));
});

test('of random addresses those are in a network that begin with its bits', (t) => {
  const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
  const bitsOf = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const check = (start: readonly number[], address: readonly number[], bits: number): void => {
    const text = addressOfBytes(start);
    const isInside = createNetworkSet([`${text}/${Math.min(bits, isIP(text) === 6 ? 128 : 32)}`]);
    const expected = bitsOf(start).slice(0, bits) === bitsOf(address).slice(0, bits);
    t.is(isInside(addressOfBytes(address)), expected, `${addressOfBytes(address)} in ${text}/${bits}`);
  };
  fc.assert(
    fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (start, rest, bits) => {
      check(start, rest, bits);
      check(start, [...start.slice(0, 3), rest[3] ?? 0], bits);
    }),
  );
  const unmapped = ipv6Bytes.filter((bytes) => bytes.slice(0, 10).some((byte) => byte !== 0));
  fc.assert(
    fc.property(unmapped, unmapped, fc.integer({ min: 0, max: 128 }), (start, rest, bits) => {
      check(start, rest, bits);
      check(start, [...start.slice(0, 12), ...rest.slice(12)], bits);
    }),
  );
});
