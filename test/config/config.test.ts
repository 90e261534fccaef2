/** Settings and the command: each wrong value is one clear line and exit code 2. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { errorFields, readable } from '../../src/cli/log.ts';
import { ConfigError, describeSettings, resolveConfig } from '../../src/config/config.ts';
import { createPeerOf } from '../../src/gateway/access/peer.ts';
import { isLoopback } from '../../src/gateway/access/token-rights.ts';
import { TokenBucket } from '../../src/lib/token-bucket.ts';
import { ROOT, STET } from '../support/root.ts';

const WORDS: Record<string, { good: string[]; bad: string[] }> = {
  HOST: { good: ['0.0.0.0', '::1', 'stet.example.org'], bad: ['a b', 'http://x', 'x/y'] },
  NODE_ID: { good: ['n1', 'a.b-c_d', 'x'.repeat(63)], bad: ['-a', 'a b', 'ü', 'x'.repeat(64), 'a\nb'] },
  DATABASE_URL: {
    good: ['postgres://u:p@h:5432/d', 'postgresql://h/d'],
    bad: ['mysql://u:hidden@h', 'hidden', 'postgres:hidden', 'http://h'],
  },
  DATABASE_REPLICA_URLS: {
    good: ['postgres://u:p@h:5432/d', 'postgres://a/d, postgresql://b/d'],
    bad: ['mysql://u:hidden@h', 'postgres://a/d,', 'postgres://a/d, redis://:hidden@h'],
  },
  PUBLIC_DATABASE_URL: { good: ['postgres://h/db', 'postgresql://u:p@h:5432/db'], bad: ['http://h/db', 'h/db'] },
  REDIS_URL: { good: ['redis://h:6379', 'rediss://:p@h/1'], bad: ['http://u:hidden@h', '127.0.0.1:6379'] },
  REDIS_PREFIX: { good: ['stet:', 'a.b-c:'], bad: ['a b', '{x}', 'x'.repeat(65)] },
  LISTENER: { good: ['auto', 'uws', 'node'], bad: ['UWS', 'bun', ' auto'] },
  LOG_LEVEL: { good: ['debug', 'silent'], bad: ['trace', 'INFO'] },
  RESTART: { good: ['on-failure', 'never'], bad: ['always', 'true'] },
  WEBHOOK_ALLOW_PRIVATE: { good: ['true', 'false'], bad: ['yes', '1', 'TRUE', ' true'] },
  ALLOWED_ORIGINS: {
    good: ['https://a.example', 'https://a.example, http://localhost:3000'],
    bad: ['https://a.example/', 'a.example', '*', 'null', 'https://a.example,', 'https://A.example'],
  },
  PUBLIC_URL: {
    good: ['https://stet.example', 'http://localhost:8080', 'https://stet.example/'],
    bad: [
      'stet.example',
      'https://stet.example/a',
      'ftp://stet.example',
      'https://stet.example/?a',
      'https://u@stet.example',
    ],
  },
  ALLOWED_HOSTS: {
    good: ['node-1.internal', '127.0.0.1, [::1], stet.example'],
    bad: ['stet.example:8080', 'https://stet.example', 'a b', '*', 'stet.example,', 'Stet.example'],
  },
  SITE_NAME: { good: ['Field & Fen', '新聞', 'x'.repeat(80)], bad: ['   ', 'a\nb', 'x'.repeat(81)] },
  SITE_DESCRIPTION: { good: ['Birds of the north.', 'x'.repeat(300)], bad: ['\t', 'a\u0000b', 'x'.repeat(301)] },
  SITE_LANGUAGE: { good: ['en', 'pt-BR', 'zh-Hant-TW', 'AR'], bad: ['english!', 'e', 'de_DE', '-', 'x'.repeat(36)] },
  CARD_FONTS: {
    good: ['/usr/share/fonts/NotoSansCJK-Bold.ttc', '/a.ttf, /b/c d.OTF'],
    bad: ['a.ttf', '/fonts', '/a.woff2', '/a.ttf,', 'C:\\a.ttf'],
  },
  OPS_HOST: { good: ['127.0.0.1', 'localhost', '::1'], bad: ['a b', 'http://x'] },
  TRUSTED_PROXIES: {
    good: ['10.0.0.1', '10.0.0.0/8, ::1', 'fd00::/8'],
    bad: ['10.0.0', '10.0.0.0/33', '::1/129', '10.0.0.0/x', '10.0.0.0/8/9', 'proxy', '10.0.0.1,'],
  },
};
/** Settings that are numbers: least and greatest. */
const NUMBERS: Record<string, [min: number, max: number]> = {
  PORT: [0, 65_535],
  OPS_PORT: [0, 65_535],
  MAX_UPDATE_BYTES: [1_024, 67_108_864],
  MAX_CONTENT_BYTES: [1_024, 67_108_864],
  MAX_UPDATE_STRUCTS: [16, 10_000_000],
  MAX_DOCUMENT_BYTES: [1_024, 1_073_741_824],
  MAX_MAILBOX: [1, 1_000_000],
  MAX_UNCOMMITTED_UPDATES: [1, 1_000_000],
  MAX_UNCOMMITTED_BYTES: [1_024, 1_073_741_824],
  MAX_MESSAGES_PER_SECOND: [1, 100_000],
  MAX_MESSAGE_BURST: [1, 1_000_000],
  MAX_OPENS_PER_SECOND: [1, 100_000],
  MAX_OPEN_BURST: [1, 100_000],
  MAX_DOCUMENTS_PER_SOCKET: [1, 100_000],
  SOCKET_LIMITS_PER_USER: [1, 1_000],
  MAX_SOCKETS_PER_USER: [1, 1_000_000],
  MAX_VIEWERS: [1, 1_000_000],
  MAX_WATCHES_PER_SOCKET: [1, 10_000],
  MAX_VIEWER_MESSAGES_PER_SECOND: [1, 100_000],
  MAX_VIEWER_MESSAGE_BURST: [1, 1_000_000],
  MAX_SOCKETS: [1, 1_000_000],
  MAX_CONNECTIONS_PER_ADDRESS: [1, 1_000_000],
  MAX_REQUESTS_PER_ADDRESS: [1, 1_000_000],
  MAX_VIEWERS_PER_ADDRESS: [1, 1_000_000],
  MAX_WIDGETS_PER_ADDRESS: [1, 1_000_000],
  RESERVED_AUTHOR_PERCENT: [0, 99],
  MAX_HANDSHAKES_PER_SECOND: [1, 1_000_000],
  MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: [1, 1_000_000],
  MAX_HANDSHAKES_PER_USER_PER_SECOND: [1, 1_000_000],
  API_REQUESTS_PER_MINUTE: [1, 10_000_000],
  API_REQUESTS_PER_USER_PER_MINUTE: [1, 10_000_000],
  API_REQUESTS_PER_ADDRESS_PER_MINUTE: [1, 10_000_000],
  MAX_BACKPRESSURE_BYTES: [1_024, 1_073_741_824],
  MAX_UNREAD_BYTES: [1_048_576, 1_099_511_627_776],
  MAX_UNREAD_BYTES_PER_ADDRESS: [1_048_576, 1_099_511_627_776],
  MAX_UNREAD_BYTES_PER_CONNECTION: [1_048_576, 1_099_511_627_776],
  MAX_LARGE_ANSWER_BYTES: [1_048_576, 68_719_476_736],
  MAX_OPEN_BYTES_PER_SECOND: [1_024, 1_073_741_824],
  MAX_OPEN_BYTE_BURST: [1_024, 68_719_476_736],
  MAX_HEADER_BYTES: [1_024, 1_048_576],
  MAX_AWARENESS_BYTES: [128, 1_048_576],
  MAX_RESERVED_CLIENT_IDS: [1, 100_000],
  RESERVED_CLIENT_ID_DAYS: [1, 36_500],
  MAX_STATE_VECTOR_BYTES: [64, 16_777_216],
  WEBHOOK_TIMEOUT_MS: [100, 60_000],
  WEBHOOK_EDIT_MS: [0, 3_600_000],
  SNAPSHOT_UPDATES: [1, 1_000_000],
  SNAPSHOT_BYTES: [1_024, 1_073_741_824],
  IDLE_MS: [50, 86_400_000],
  COMMIT_WINDOW_MS: [0, 1_000],
  REPLICA_MAX_LAG_MS: [100, 600_000],
  STATEMENT_TIMEOUT_MS: [100, 600_000],
  HEARTBEAT_MS: [10, 60_000],
  LEASE_MS: [30, 600_000],
  SYNC_MS: [50, 600_000],
  DRAIN_MS: [100, 600_000],
  START_WITHIN_MS: [0, 86_400_000],
};
/** Any text will do. */
const FREE = ['DATA_DIR'];

/** Not settings of a node: of the machine, of npm, and what one library reads. */
const OF_OTHERS = ['PATH', 'npm_execpath', 'UWS_HTTP_MAX_HEADERS_SIZE'];

const named = describeSettings()
  .split('\n')
  .map((line) => line.trim().split(/\s+/)[0] ?? '');

test('every variable that is read is a setting, and every setting is in the documents', (t) => {
  const read = new Set<string>();
  for (const folder of ['src', 'bin']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.[jt]s$/.test(name)) continue;
      const text = readFileSync(join(ROOT, folder, name), 'utf8');
      for (const [, variable = ''] of text.matchAll(/\benv(?:\.|\[')([A-Z][A-Z_]*|npm_\w+)\b/g)) read.add(variable);
    }
  }
  t.true(read.has('START_WITHIN_MS') || read.has('RESTART'), 'they are found');
  t.deepEqual(
    [...read].filter((variable) => ![...named, ...OF_OTHERS].includes(variable)),
    [],
  );
  const documents = ['docs/running.md', 'PROTOCOL.md'].map((name) => readFileSync(join(ROOT, name), 'utf8')).join();
  t.deepEqual(
    named.filter((variable) => !documents.includes(`\`${variable}\``)),
    [],
  );
});

/** Keeps the lease in step with the heartbeat, whichever of them is being tried. */
const around = (env: string, value: string): Record<string, string> =>
  env === 'LEASE_MS' ? { HEARTBEAT_MS: '10', [env]: value } : { LEASE_MS: '600000', [env]: value };

test('every setting has its checks tested here', (t) => {
  t.deepEqual(named.toSorted(), [...Object.keys(WORDS), ...Object.keys(NUMBERS), ...FREE].sort() as string[]);
});

for (const [env, [min, max]] of Object.entries(NUMBERS)) {
  test(`I9 ${env} is a whole number from ${min} to ${max}`, (t) => {
    for (const good of [min, max]) t.notThrows(() => resolveConfig(around(env, String(good))));
    for (const bad of [min - 1, max + 1, 'many', '1.5', '-1', ' 5', '0x10', '1e3', 'Infinity', '5ms', '٣']) {
      t.throws(() => resolveConfig(around(env, String(bad))), {
        instanceOf: ConfigError,
        message: `${env} must be a whole number from ${min} to ${max} (is ${JSON.stringify(String(bad))})`,
      });
    }
  });
}

for (const [env, { good, bad }] of Object.entries(WORDS)) {
  test(`${env} is refused in one line that says what is accepted, and shows no secret`, (t) => {
    for (const value of good) t.notThrows(() => resolveConfig({ [env]: value }), value);
    for (const value of bad) {
      const error = t.throws(() => resolveConfig({ [env]: value }), { instanceOf: ConfigError }, value);
      t.regex(error.message, new RegExp(`^${env} must be [^\\n]+$`));
      t.notRegex(error.message, /hidden/);
    }
  });
}

test('settings that are absent or empty take their defaults', (t) => {
  const { nodeId, ...defaults } = resolveConfig({});
  const { nodeId: other, ...empty } = resolveConfig({ PORT: '', DATABASE_URL: '', LEASE_MS: '' });
  t.deepEqual(empty, defaults);
  t.like(defaults, { port: 8080, host: '127.0.0.1', databaseUrl: undefined, heartbeatMs: 400, leaseMs: 1_500 });
  t.is(defaults.dataDir, resolve('.stet'));
  t.regex(nodeId, /^stet\.[0-9a-f]{8}$/);
  t.not(nodeId, other, 'a restart is another node');
});

test('a lease is at least two heartbeats', (t) => {
  t.throws(() => resolveConfig({ LEASE_MS: '799' }), {
    instanceOf: ConfigError,
    message: 'LEASE_MS must be at least twice HEARTBEAT_MS (is 799, heartbeat 400)',
  });
  t.notThrows(() => resolveConfig({ LEASE_MS: '800' }));
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}
/** Runs the command without the settings of this process. */
function stet(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [STET, ...args],
      { env: { PATH: process.env.PATH ?? '', ...env }, timeout: 60_000 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

test('a wrong setting is one line on standard error and exit code 2, whatever the command', async (t) => {
  for (const args of [['start'], ['migrate'], ['user', 'add', 'ann', '--role', 'author', '--password-stdin']]) {
    const ran = await stet(args, { PORT: 'eighty' });
    t.deepEqual(ran, {
      code: 2,
      stdout: '',
      stderr: 'stet: PORT must be a whole number from 0 to 65535 (is "eighty")\n',
    });
  }
});

test('a call that is not understood is one line and exit code 2', async (t) => {
  for (const args of [
    ['strat'],
    ['__proto__'],
    ['start', 'now'],
    ['migrate', 'up'],
    ['doctor', 'me'],
    ['user'],
    ['user', 'remove', 'ann'],
    ['user', 'add', 'ann'],
    ['user', 'add', 'ann', '--role', 'king', '--password-stdin'],
    ['user', 'add', 'ann', '--role', 'author'],
    ['user', 'add', 'ann', '--verbose'],
  ]) {
    const { code, stdout, stderr } = await stet(args);
    t.is(code, 2, args.join(' '));
    t.is(stdout, '');
    t.regex(stderr, /^stet: [^\n]+\n$/, args.join(' '));
  }
});

test('--help of each command prints its usage and ends with 0; no command at all prints the overview and ends with 2', async (t) => {
  for (const command of ['start', 'migrate', 'user', 'doctor']) {
    const { code, stdout, stderr } = await stet([command, '--help']);
    t.is(code, 0);
    t.is(stderr, '');
    t.true(stdout.startsWith(`Usage: stet ${command}`), stdout.slice(0, 40));
  }
  const overview = await stet(['--help']);
  t.is(overview.code, 0);
  for (const word of ['start', 'migrate', 'user add', 'doctor', 'MAX_UPDATE_BYTES'])
    t.true(overview.stdout.includes(word));
  t.deepEqual(await stet([]), { ...overview, code: 2 });
  t.deepEqual(await stet(['help']), overview);
});

test('I9 a bucket gives a burst, then so many a second, and says how long to wait', (t) => {
  const bucket = new TokenBucket(10, 3, 0);
  t.deepEqual(
    [1, 2, 3, 4].map(() => bucket.take(0)),
    [true, true, true, false],
  );
  t.is(bucket.waitMs(), 100);
  t.false(bucket.take(99));
  t.true(bucket.take(100));
  t.false(bucket.isFull(200));
  t.true(bucket.isFull(1_000));
  for (let at = 0; at < 3; at += 1) t.true(bucket.take(60_000), 'no more than the burst is saved up');
  t.false(bucket.take(60_000));
  t.false(bucket.take(0), 'a clock that is set back gives nothing');
});

test('forwarded headers count from trusted proxies alone, and only as far as those wrote them', (t) => {
  const peerOf = createPeerOf(['10.0.0.0/8', 'fd00::/8']);
  const from = (address: string, forwardedFor?: string, forwardedProto?: string) =>
    peerOf({ address, secure: false }, (name) => (name === 'x-forwarded-for' ? forwardedFor : forwardedProto));
  t.deepEqual(
    from('1.2.3.4', '9.9.9.9', 'https'),
    { address: '1.2.3.4', secure: false },
    'a stranger may say anything',
  );
  t.deepEqual(from('10.0.0.1', '9.9.9.9', 'https'), { address: '9.9.9.9', secure: true });
  t.deepEqual(
    from('10.0.0.1', '6.6.6.6, 9.9.9.9, 10.0.0.2'),
    { address: '9.9.9.9', secure: false },
    'the nearest stranger',
  );
  t.is(from('10.0.0.1', '10.0.0.3, 10.0.0.2').address, '10.0.0.3');
  t.is(from('10.0.0.1', 'unknown').address, '', 'garbage is nobody known');
  t.is(from('10.0.0.1', '9.9.9.9, garbage').address, '');
  t.is(from('10.0.0.1', '9.9.9.9, garbage, 10.0.0.2').address, '');
  t.is(from('10.0.0.1', '9.9.9.9,').address, '');
  t.is(from('10.0.0.1', '').address, '10.0.0.1');
  t.is(from('10.0.0.1').address, '10.0.0.1');
  t.is(from('::ffff:10.0.0.1', '9.9.9.9').address, '9.9.9.9', 'IPv4 within IPv6');
  t.is(from('fd00::1', '2001:db8::1').address, '2001:db8::1');
  t.is(from('10.0.0.1', '2001:0DB8:0:0::0001').address, '2001:db8::1', 'one text for one address');
  t.is(from('10.0.0.1', '9.9.9.9, ::ffff:10.0.0.2').address, '9.9.9.9', 'a proxy by another text');
  t.is(from('10.0.0.1', '::ffff:9.9.9.9').address, '9.9.9.9');
  for (const garbage of ['9.9.9.9, 012.0.0.2', '9.9.9.9, 0x0a.0.0.2', '9.9.9.9, 10.2', '9.9.9.9, 167772162'])
    t.is(from('10.0.0.1', garbage).address, '', garbage);
  t.true(from('10.0.0.1', undefined, 'http, https').secure, 'the word of the nearest proxy');
  t.false(from('10.0.0.1', undefined, 'https, http').secure);
  t.false(from('10.0.0.1', undefined, '').secure, 'it says nothing');
  const direct = { address: '10.0.0.1', secure: true };
  t.is(
    createPeerOf([])(direct, () => '9.9.9.9'),
    direct,
    'nobody is trusted',
  );
});

test('I9 300 authors and 2,000 readers behind one address fit into what it may have', (t) => {
  const config = resolveConfig({});
  t.true(config.maxConnectionsPerAddress >= 300 + 2_000 * 2);
  for (const one of [config.maxViewersPerAddress, config.maxWidgetsPerAddress, config.maxRequestsPerAddress]) {
    t.true(one >= 2_000);
  }
  t.true(config.maxConnectionsPerAddress < (config.maxSockets * (100 - config.reservedAuthorPercent)) / 100);
});

test('I6 what was forwarded is from this machine only if a listed proxy says so in plain words', (t) => {
  const from = (trusted: readonly string[], address: string, headers: Record<string, string>) =>
    createPeerOf(trusted)({ address, secure: false }, (name) => headers[name]).address;
  for (const local of ['127.0.0.1', '127.8.9.1', '::1']) {
    t.is(from([], local, {}), local, 'nobody forwarded it');
    for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'via']) {
      t.is(from([], local, { [name]: '127.0.0.1' }), '', `${name} at ${local}`);
    }
    const trusted = ['127.0.0.0/8', '::1'];
    t.is(from(trusted, local, {}), local, 'the request is the proxy’s own');
    for (const name of ['x-forwarded-proto', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'via']) {
      t.is(from(trusted, local, { [name]: '127.0.0.1' }), '', `${name} alone, at ${local}`);
    }
    t.is(from(trusted, local, { 'x-forwarded-for': '9.9.9.9' }), '9.9.9.9');
    for (const garbage of ['x', 'unknown', '127.0.0.1:80', '127.1', '0x7f.1', '[::1]', ',', ' , ', '9.9.9.9, x']) {
      const address = from(trusted, local, { 'x-forwarded-for': garbage });
      t.is(address, '', garbage);
      t.false(isLoopback(address));
    }
  }
  t.is(from([], '1.2.3.4', { 'x-forwarded-for': '127.0.0.1' }), '1.2.3.4', 'a stranger may say anything');
});

test('a log line on a terminal is a sentence with its fields', (t) => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  const line = (fields: object) => readable(JSON.stringify({ time: at, node: 'a.1', ...fields })).slice(8);
  t.is(line({ level: 30, msg: 'serving', port: 8080 }), '  serving  port=8080\n');
  t.is(line({ level: 40, msg: 'link lost', peer: { node: 'b' } }), '  warn  link lost  peer={"node":"b"}\n');
  const err = { type: 'Error', message: 'gone', stack: 'Error: gone\n    at there' };
  t.is(line({ level: 50, msg: 'lost', port: 1, err }), '  error  lost  port=1\n  Error: gone\n      at there\n');
  t.is(line({ level: 50, msg: 'lost', err: 'gone' }), '  error  lost  err=gone\n');
});

test('of an error a log has what it is and where it comes from, and nothing that hangs on it', (t) => {
  const cause = Object.assign(new TypeError('deep'), { code: '57P01', client: { password: 'secret' } });
  const error = Object.assign(new Error('lost', { cause }), { detail: 'Key (title)=(my words) exists.' });
  const fields = errorFields(error) as { message: string; stack: string; cause: { type: string; code: string } };
  t.is(fields.message, 'lost');
  t.regex(fields.stack, /config\.test/);
  t.like(fields.cause, { type: 'TypeError', code: '57P01' });
  t.notRegex(JSON.stringify(fields), /secret|my words/);
  t.is(errorFields('gone'), 'gone');
  t.like(errorFields(new AggregateError([cause], 'all')), { message: 'all', errors: [{ message: 'deep' }] });
});
