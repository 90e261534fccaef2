/** The rules of webhooks without a network: where they may go, when they are tried again, how they are signed. */
import test from 'ava';
import ipaddr from 'ipaddr.js';
import { Webhook } from 'standardwebhooks';
import { RETRY_DELAYS_MS, retryAfterMs, retryDelayMs } from '../../src/webhooks/retries.ts';
import { newSecret, secretText, signedHeaders } from '../../src/webhooks/signature.ts';
import { checkTarget, isPublic } from '../../src/webhooks/targets.ts';

/** By name: one network or several, each its first address and its bits. */
type Ranges = Readonly<Record<string, readonly unknown[]>>;

test('WH1 the public internet is open, everything else is not', (t) => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])
    t.true(isPublic(address), address);
  for (const address of [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '239.1.1.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%lo',
    'ff02::1',
    '2606:4700::1111%lo',
    'localhost',
    '',
    '1.1.1',
  ])
    t.false(isPublic(address), address);
});

test('WH1 what ipaddr.js knows as special is closed, save what is served to the whole internet', (t) => {
  // Sinks of reverse look-ups, and relays of multicast: IANA has them as globally reachable.
  const reachable = new Set(['as112', 'as112v6', 'amt']);
  const ranges = [ipaddr.IPv4, ipaddr.IPv6].flatMap(({ prototype }) =>
    Object.entries((prototype as unknown as { SpecialRanges: Ranges }).SpecialRanges),
  );
  t.true(ranges.length > 20);
  for (const [name, range] of ranges) {
    const networks = (Array.isArray(range[0]) ? range : [range]) as [{ toString(): string }, number][];
    if (!reachable.has(name)) for (const [start] of networks) t.false(isPublic(start.toString()), `${name} ${start}`);
  }
});

test('WH1 a URL leads to the public internet by http or https, at a port of the web or a free one', (t) => {
  for (const [text, href] of [
    ['https://example.org/hook', 'https://example.org/hook'],
    ['http://example.org:80/', 'http://example.org/'],
    ['http://example.org:443/', 'http://example.org:443/'],
    ['https://example.org:1024/a?b=c#d', 'https://example.org:1024/a?b=c'],
    ['https://EXAMPLE.org:65535', 'https://example.org:65535/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
    ['https://notlocalhost.example/', 'https://notlocalhost.example/'],
  ] as const) {
    const target = checkTarget(text, false);
    t.is(target.ok ? target.url.href : target.detail, href);
  }
  const refused: Record<string, string[]> = {
    'is not a URL': ['', 'example.org', 'https://', 'https://a b/', 'https://example.org:65536/'],
    'must begin with https:// or http://': ['ftp://example.org/', 'file:///etc/passwd', 'javascript:1', 'gopher://x/'],
    'must not contain a username or a password': [
      'https://u@example.org/',
      'https://u:p@example.org/',
      'https://:p@a.b/',
    ],
    'must use port 80, 443, or 1024 and above': ['https://example.org:22/', 'http://example.org:1023/'],
    'must have a public address': [
      'http://127.0.0.1/',
      'http://127.1:8080/',
      'http://2130706433/',
      'http://0x7f.0.0.1/',
      'http://0177.0.0.1/',
      'http://0/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:a9fe:a9fe]/',
      'http://169.254.169.254/latest/meta-data/',
      'http://localhost/',
      'http://LOCALHOST./',
      'http://a.localhost/',
      'http://metadata.google.internal/',
      'http://printer.local/',
    ],
  };
  for (const [detail, texts] of Object.entries(refused))
    for (const text of texts) t.deepEqual(checkTarget(text, false), { ok: false, detail }, text);
});

test('WH1 an operator may open private addresses, and nothing else', (t) => {
  t.true(checkTarget('http://127.0.0.1:8080/', true).ok);
  t.true(checkTarget('http://localhost:8080/', true).ok);
  t.false(checkTarget('http://127.0.0.1:22/', true).ok);
  t.false(checkTarget('http://u:p@127.0.0.1/', true).ok);
});

test('WH2 pauses grow to half a day and vary by a fifth; the ninth failure is the last', (t) => {
  t.deepEqual([...RETRY_DELAYS_MS], [5_000, 30_000, 120_000, 600_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000]);
  for (const [index, pause] of RETRY_DELAYS_MS.entries()) {
    t.is(
      retryDelayMs(index + 1, undefined, () => 0.5),
      pause,
    );
    t.is(
      retryDelayMs(index + 1, undefined, () => 0),
      pause * 0.8,
    );
    t.true((retryDelayMs(index + 1, undefined, () => 0.999) ?? 0) < pause * 1.2);
  }
  t.is(
    retryDelayMs(9, undefined, () => 0.5),
    undefined,
  );
  t.is(
    retryDelayMs(10, 1_000, () => 0.5),
    undefined,
  );
});

test('WH2 a receiver may ask for a longer pause, up to a day', (t) => {
  const half = () => 0.5;
  t.is(retryDelayMs(1, 60_000, half), 60_000);
  t.is(retryDelayMs(1, 1_000, half), 5_000);
  t.is(retryDelayMs(1, 1e12, half), 86_400_000);
  const now = Date.UTC(2026, 0, 1);
  t.is(retryAfterMs(429, '120', now), 120_000);
  t.is(retryAfterMs(503, new Date(now + 90_000).toUTCString(), now), 90_000);
  t.is(retryAfterMs(503, new Date(now - 90_000).toUTCString(), now), 0);
  for (const text of [undefined, '', 'soon', '-5', '1e3', '9'.repeat(40)])
    t.is(retryAfterMs(429, text, now), undefined);
  t.is(retryAfterMs(500, '120', now), undefined);
  t.is(retryAfterMs(302, '120', now), undefined);
});

test('WH3 a signature is what the published implementation expects, with the old secret and the new', (t) => {
  const [present, previous, stranger] = [newSecret(), newSecret(), newSecret()];
  t.regex(secretText(present), /^whsec_[A-Za-z0-9+/]{43}=$/);
  const body = JSON.stringify({ type: 'webhook.test', text: 'ä – 𝄞' });
  const headers = signedHeaders({ id: 'one', at: Date.now(), body, secrets: [present, previous] });
  t.regex(headers['webhook-signature'] ?? '', /^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/);
  for (const secret of [present, previous])
    t.deepEqual(new Webhook(secretText(secret)).verify(body, headers), JSON.parse(body));
  t.throws(() => new Webhook(secretText(stranger)).verify(body, headers));
  t.throws(() => new Webhook(secretText(present)).verify(`${body} `, headers));
  t.throws(() => new Webhook(secretText(present)).verify(body, { ...headers, 'webhook-id': 'two' }));
});
