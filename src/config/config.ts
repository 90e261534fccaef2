/**
 * Every setting: its environment variable, unit, default and check. `resolveConfig` is the only reader of the
 * environment; a wrong value is one clear line.
 */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { isNetwork } from '../lib/addresses.ts';
import { canonicalLanguage, DEFAULT_LANGUAGE } from '../lib/language-tag.ts';

/** How a setting's text becomes a value; throws `ConfigError` with what is accepted. */
type Parse<T> = (text: string) => T;

interface Setting<T> {
  readonly env: string;
  readonly fallback: T;
  readonly parse: Parse<T>;
  readonly help: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const integer =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new ConfigError(`must be a whole number from ${min} to ${max}`);
    return value;
  };
const oneOf =
  <const T extends string>(...choices: readonly T[]): Parse<T> =>
  (text) => {
    if (!(choices as readonly string[]).includes(text)) throw new ConfigError(`must be one of ${choices.join(', ')}`);
    return text as T;
  };
const flag: Parse<boolean> = (text) => {
  if (text !== 'true' && text !== 'false') throw new ConfigError('must be true or false');
  return text === 'true';
};
const url =
  (...protocols: readonly string[]): Parse<string> =>
  (text) => {
    const href = URL.parse(text)?.href;
    if (!href || !protocols.some((protocol) => href.startsWith(`${protocol}//`)))
      throw new ConfigError(`must be a URL beginning with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    return text;
  };
const urls =
  (...protocols: readonly string[]): Parse<readonly string[]> =>
  (text) => {
    const each = text.split(',').map((one) => one.trim());
    try {
      return each.map(url(...protocols));
    } catch (error) {
      throw error instanceof ConfigError ? new ConfigError(`${error.message}, or several, separated by commas`) : error;
    }
  };
const matching =
  (pattern: RegExp, what: string): Parse<string> =>
  (text) => {
    if (!pattern.test(text)) throw new ConfigError(`must be ${what}`);
    return text;
  };
const origins: Parse<readonly string[]> = (text) =>
  text.split(',').map((one) => {
    const parsed = URL.parse(one.trim());
    if (!parsed || parsed.origin !== one.trim())
      throw new ConfigError('must be origins like https://example.org, separated by commas');
    return parsed.origin;
  });
const origin: Parse<string> = (text) => {
  const parsed = URL.parse(text);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || ![parsed.origin, `${parsed.origin}/`].includes(text))
    throw new ConfigError('must be an origin like https://stet.example.org, without a path');
  return parsed.origin;
};
const hosts: Parse<readonly string[]> = (text) =>
  text.split(',').map((one) => {
    const name = one.trim();
    if (!/^[a-z0-9[][a-z0-9.:\]-]*$/.test(name) || URL.parse(`http://${name}`)?.hostname !== name)
      throw new ConfigError('must be host names like stet.example.org, without ports, separated by commas');
    return name;
  });
const networks: Parse<readonly string[]> = (text) =>
  text.split(',').map((one) => {
    if (!isNetwork(one.trim())) {
      throw new ConfigError('must be addresses or networks like 10.0.0.0/8, separated by commas');
    }
    return one.trim();
  });

/** One line of plain text. */
const words =
  (most: number): Parse<string> =>
  (text) => {
    const line = text.trim();
    if (line === '' || line.length > most || /\p{Cc}/u.test(line))
      throw new ConfigError(`must be one line of 1 to ${most} characters`);
    return line.toWellFormed();
  };
const language: Parse<string> = (text) => {
  const tag = canonicalLanguage(text);
  if (tag === undefined) throw new ConfigError('must be a language tag (BCP 47) like en or pt-BR');
  return tag;
};

const setting = <T>(env: string, fallback: T, parse: Parse<T>, help: string): Setting<T> => ({
  env,
  fallback,
  parse,
  help,
});

const KIB = 1_024;
const MIB = 1_048_576;
const GIB = 1_073_741_824;

/** The settings, in the order in which `stet start --help` lists them. */
const SETTINGS = {
  port: setting<number>('PORT', 8080, integer(0, 65_535), 'port to listen on; 0 takes a free one and prints it'),
  host: setting('HOST', '127.0.0.1', matching(/^[^\s/]+$/, 'a host name or an address'), 'address to listen on'),
  nodeName: setting<string>(
    'NODE_ID',
    'stet',
    matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, '1 to 63 letters, digits, dots, dashes or underscores'),
    'name of this node in logs and in the cluster',
  ),
  publicUrl: setting<string | undefined>(
    'PUBLIC_URL',
    undefined,
    origin,
    'origin under which people know the site; pages, feeds and snippets name it, other hosts are not served',
  ),
  allowedHosts: setting<readonly string[]>(
    'ALLOWED_HOSTS',
    [],
    hosts,
    'host names that are served besides that of PUBLIC_URL',
  ),
  siteName: setting('SITE_NAME', 'Stet', words(80), 'name of the site, in feeds, pages and cards of shared links'),
  siteDescription: setting<string>(
    'SITE_DESCRIPTION',
    '',
    words(300),
    'what the site is about, in one or two sentences',
  ),
  siteLanguage: setting(
    'SITE_LANGUAGE',
    DEFAULT_LANGUAGE,
    language,
    'language of the site, and of documents that have no other',
  ),
  opsHost: setting(
    'OPS_HOST',
    '127.0.0.1',
    matching(/^[^\s/]+$/, 'a host name or an address'),
    'address of the port for operators: /metrics, and why /readyz says no',
  ),
  opsPort: setting<number>('OPS_PORT', 0, integer(0, 65_535), 'that port; 0 takes a free one and prints it'),
  databaseUrl: setting<string | undefined>(
    'DATABASE_URL',
    undefined,
    url('postgres:', 'postgresql:'),
    'PostgreSQL; without it an embedded one runs under DATA_DIR',
  ),
  replicaUrls: setting<readonly string[]>(
    'DATABASE_REPLICA_URLS',
    [],
    urls('postgres:', 'postgresql:'),
    'streaming replicas of DATABASE_URL for lists, search, history and audit',
  ),
  replicaMaxLagMs: setting(
    'REPLICA_MAX_LAG_MS',
    5_000,
    integer(100, 600_000),
    'milliseconds that a replica may be behind before it is left out',
  ),
  publicDatabaseUrl: setting<string | undefined>(
    'PUBLIC_DATABASE_URL',
    undefined,
    url('postgres:', 'postgresql:'),
    'PostgreSQL for public reads, with a login of its own; left out: DATABASE_URL, in the role stet_public',
  ),
  redisUrl: setting<string | undefined>(
    'REDIS_URL',
    undefined,
    url('redis:', 'rediss:'),
    'Redis; without it the node runs alone',
  ),
  redisPrefix: setting<string>(
    'REDIS_PREFIX',
    'stet:',
    matching(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits, dots, colons or dashes'),
    'beginning of all names in Redis; clusters with different ones do not meet',
  ),
  dataDir: setting('DATA_DIR', '.stet', (text) => text, 'folder for the embedded database'),
  listener: setting(
    'LISTENER',
    'auto',
    oneOf('auto', 'uws', 'node'),
    'uWebSockets.js, node:http, or the first that loads',
  ),
  restart: setting(
    'RESTART',
    'on-failure',
    oneOf('on-failure', 'never'),
    'whether a node that ends by itself is started again; never: a process manager does that',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    'info',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'least level that is logged',
  ),
  allowedOrigins: setting<readonly string[]>(
    'ALLOWED_ORIGINS',
    [],
    origins,
    'origins besides the own one whose pages may open sockets',
  ),
  trustedProxies: setting<readonly string[]>(
    'TRUSTED_PROXIES',
    [],
    networks,
    'addresses whose X-Forwarded-For and -Proto count',
  ),

  maxUpdateBytes: setting('MAX_UPDATE_BYTES', MIB, integer(KIB, 64 * MIB), 'largest update of a draft, bytes'),
  maxContentBytes: setting(
    'MAX_CONTENT_BYTES',
    MIB,
    integer(KIB, 64 * MIB),
    'size of a text sent over HTTP as JSON, HTML or Markdown, bytes',
  ),
  maxUpdateStructs: setting('MAX_UPDATE_STRUCTS', 65_536, integer(16, 10_000_000), 'structs in one update'),
  maxDocumentBytes: setting('MAX_DOCUMENT_BYTES', 16 * MIB, integer(KIB, GIB), 'largest draft, encoded, bytes'),
  maxMailbox: setting('MAX_MAILBOX', 2_000, integer(1, 1_000_000), 'requests that may wait in front of one document'),
  maxUncommittedUpdates: setting(
    'MAX_UNCOMMITTED_UPDATES',
    1_000,
    integer(1, 1_000_000),
    'updates of one document that may wait for their commit',
  ),
  maxUncommittedBytes: setting(
    'MAX_UNCOMMITTED_BYTES',
    16 * MIB,
    integer(KIB, GIB),
    'bytes of one document that may wait for their commit',
  ),
  maxReservedClientIds: setting(
    'MAX_RESERVED_CLIENT_IDS',
    256,
    integer(1, 100_000),
    'client ids kept for one user of a document who has written nothing under them',
  ),
  reservedClientIdDays: setting(
    'RESERVED_CLIENT_ID_DAYS',
    365,
    integer(1, 36_500),
    'how long such a client id is kept after its last use, days',
  ),
  maxMessagesPerSecond: setting('MAX_MESSAGES_PER_SECOND', 50, integer(1, 100_000), 'messages a second of one socket'),
  maxMessageBurst: setting('MAX_MESSAGE_BURST', 200, integer(1, 1_000_000), 'messages at once of one socket'),
  maxOpensPerSecond: setting('MAX_OPENS_PER_SECOND', 10, integer(1, 100_000), 'opens a second of one socket'),
  maxOpenBurst: setting('MAX_OPEN_BURST', 50, integer(1, 100_000), 'opens at once of one socket'),
  maxDocumentsPerSocket: setting('MAX_DOCUMENTS_PER_SOCKET', 100, integer(1, 100_000), 'documents open on one socket'),
  socketLimitsPerUser: setting(
    'SOCKET_LIMITS_PER_USER',
    8,
    integer(1, 1_000),
    'messages, opens and open documents of one user on a node, as many times those of one socket',
  ),
  maxViewers: setting('MAX_VIEWERS', 12_000, integer(1, 1_000_000), 'sockets of viewers on a node'),
  maxWatchesPerSocket: setting('MAX_WATCHES_PER_SOCKET', 20, integer(1, 10_000), 'documents that one viewer watches'),
  maxViewerMessagesPerSecond: setting(
    'MAX_VIEWER_MESSAGES_PER_SECOND',
    5,
    integer(1, 100_000),
    'messages a second of one viewer',
  ),
  maxViewerMessageBurst: setting(
    'MAX_VIEWER_MESSAGE_BURST',
    40,
    integer(1, 1_000_000),
    'messages at once of one viewer',
  ),
  maxSocketsPerUser: setting('MAX_SOCKETS_PER_USER', 100, integer(1, 1_000_000), 'sockets of one user on a node'),
  maxSockets: setting('MAX_SOCKETS', 15_000, integer(1, 1_000_000), 'connections of all kinds on a node'),
  maxConnectionsPerAddress: setting(
    'MAX_CONNECTIONS_PER_ADDRESS',
    6_000,
    integer(1, 1_000_000),
    'connections from one address that is not of TRUSTED_PROXIES, an IPv6 /64 being one',
  ),
  maxRequestsPerAddress: setting(
    'MAX_REQUESTS_PER_ADDRESS',
    2_500,
    integer(1, 1_000_000),
    'HTTP requests of one address in progress at once, besides event streams that are signed in',
  ),
  maxViewersPerAddress: setting(
    'MAX_VIEWERS_PER_ADDRESS',
    4_000,
    integer(1, 1_000_000),
    'viewers of one address that are not signed in',
  ),
  maxWidgetsPerAddress: setting(
    'MAX_WIDGETS_PER_ADDRESS',
    4_000,
    integer(1, 1_000_000),
    'sockets of widgets of one address',
  ),
  reservedAuthorPercent: setting(
    'RESERVED_AUTHOR_PERCENT',
    10,
    integer(0, 99),
    'percent of MAX_SOCKETS that strangers leave free for who is signed in',
  ),
  maxHandshakesPerSecond: setting(
    'MAX_HANDSHAKES_PER_SECOND',
    500,
    integer(1, 1_000_000),
    'socket handshakes a second on a node: of authors, of viewers and of widgets each',
  ),
  maxHandshakesPerAddressPerSecond: setting(
    'MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND',
    100,
    integer(1, 1_000_000),
    'the same from one address',
  ),
  maxHandshakesPerUserPerSecond: setting(
    'MAX_HANDSHAKES_PER_USER_PER_SECOND',
    20,
    integer(1, 1_000_000),
    'the same of one user, with tickets, wherever from',
  ),
  apiRequestsPerMinute: setting(
    'API_REQUESTS_PER_MINUTE',
    600,
    integer(1, 10_000_000),
    'HTTP requests a minute with one token or session',
  ),
  apiRequestsPerUserPerMinute: setting(
    'API_REQUESTS_PER_USER_PER_MINUTE',
    1_800,
    integer(1, 10_000_000),
    'HTTP requests a minute of one user, with all tokens and sessions together',
  ),
  apiRequestsPerAddressPerMinute: setting(
    'API_REQUESTS_PER_ADDRESS_PER_MINUTE',
    3_000,
    integer(1, 10_000_000),
    'HTTP requests a minute from one address',
  ),
  maxBackpressureBytes: setting(
    'MAX_BACKPRESSURE_BYTES',
    4 * MIB,
    integer(KIB, GIB),
    'bytes that may wait for a slow reader before it is dropped',
  ),
  maxUnreadBytes: setting(
    'MAX_UNREAD_BYTES',
    512 * MIB,
    integer(MIB, 1_024 * GIB),
    'bytes of answers that may wait for all their readers together',
  ),
  maxUnreadBytesPerAddress: setting(
    'MAX_UNREAD_BYTES_PER_ADDRESS',
    128 * MIB,
    integer(MIB, 1_024 * GIB),
    'the same for the readers of one address, or of one IPv6 /64',
  ),
  maxUnreadBytesPerConnection: setting(
    'MAX_UNREAD_BYTES_PER_CONNECTION',
    64 * MIB,
    integer(MIB, 1_024 * GIB),
    'size of an answer that may wait for its reader, bytes',
  ),
  maxLargeAnswerBytes: setting(
    'MAX_LARGE_ANSWER_BYTES',
    256 * MIB,
    integer(MIB, 64 * GIB),
    'bytes of large documents that a node keeps for those who are opening them',
  ),
  maxOpenBytesPerSecond: setting(
    'MAX_OPEN_BYTES_PER_SECOND',
    16 * MIB,
    integer(KIB, GIB),
    'bytes of large documents that one user may open a second',
  ),
  maxOpenByteBurst: setting(
    'MAX_OPEN_BYTE_BURST',
    128 * MIB,
    integer(KIB, 64 * GIB),
    'bytes of large documents that one user may open at once',
  ),
  maxHeaderBytes: setting('MAX_HEADER_BYTES', 16 * KIB, integer(KIB, MIB), 'size of request headers, bytes'),
  maxAwarenessBytes: setting('MAX_AWARENESS_BYTES', 8 * KIB, integer(128, MIB), 'size of an awareness update, bytes'),
  maxStateVectorBytes: setting(
    'MAX_STATE_VECTOR_BYTES',
    512 * KIB,
    integer(64, 16 * MIB),
    'size of a state vector, bytes',
  ),

  webhookAllowPrivate: setting<boolean>(
    'WEBHOOK_ALLOW_PRIVATE',
    false,
    flag,
    'whether webhooks may go to loopback and private addresses',
  ),
  webhookTimeoutMs: setting(
    'WEBHOOK_TIMEOUT_MS',
    10_000,
    integer(100, 60_000),
    'milliseconds that a receiver of a webhook may take',
  ),
  webhookEditMs: setting(
    'WEBHOOK_EDIT_MS',
    10_000,
    integer(0, 3_600_000),
    'milliseconds over which edits of a document are merged into one event',
  ),

  snapshotUpdates: setting('SNAPSHOT_UPDATES', 200, integer(1, 1_000_000), 'updates after which a snapshot is stored'),
  snapshotBytes: setting(
    'SNAPSHOT_BYTES',
    64 * KIB,
    integer(KIB, GIB),
    'bytes of journal after which a snapshot is stored',
  ),
  idleMs: setting(
    'IDLE_MS',
    60_000,
    integer(50, 86_400_000),
    'milliseconds after which an unused document is passivated',
  ),
  commitWindowMs: setting(
    'COMMIT_WINDOW_MS',
    12,
    integer(0, 1_000),
    'longest that an edit waits for company under load, milliseconds',
  ),
  statementTimeoutMs: setting(
    'STATEMENT_TIMEOUT_MS',
    5_000,
    integer(100, 600_000),
    'milliseconds after which a silent database counts as lost',
  ),
  heartbeatMs: setting('HEARTBEAT_MS', 400, integer(10, 60_000), 'milliseconds between signs of life to other nodes'),
  leaseMs: setting(
    'LEASE_MS',
    1_500,
    integer(30, 600_000),
    'milliseconds of silence after which a node counts as dead',
  ),
  syncMs: setting(
    'SYNC_MS',
    3_000,
    integer(50, 600_000),
    'milliseconds between checks of documents that are open here and owned elsewhere',
  ),
  startWithinMs: setting(
    'START_WITHIN_MS',
    300_000,
    integer(0, 86_400_000),
    'milliseconds for which a start is tried again while its port is taken or its database is not ready',
  ),
  drainMs: setting('DRAIN_MS', 10_000, integer(100, 600_000), 'milliseconds that a node may take to stop'),
} as const;

type Settings = { [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never };

export interface Config extends Settings {
  /** This process, unique for its life: the node's name and a random part. */
  nodeId: string;
}

/**
 * Reads and checks every setting.
 * @throws ConfigError naming the variable, what was given and what is accepted
 */
export function resolveConfig(env: NodeJS.ProcessEnv): Config {
  const values = Object.entries(SETTINGS).map(([name, { env: variable, fallback, parse }]) => {
    const text = env[variable];
    if (text === undefined || text === '') return [name, fallback];
    try {
      return [name, parse(text)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const shown = /URL/.test(variable) ? '' : ` (is ${JSON.stringify(text.slice(0, 60))})`;
      throw new ConfigError(`${variable} ${error.message}${shown}`);
    }
  });
  const settings = Object.fromEntries(values) as Settings;
  if (settings.leaseMs < settings.heartbeatMs * 2) {
    throw new ConfigError(
      `LEASE_MS must be at least twice HEARTBEAT_MS (is ${settings.leaseMs}, heartbeat ${settings.heartbeatMs})`,
    );
  }
  return {
    ...settings,
    dataDir: resolve(settings.dataDir),
    nodeId: `${settings.nodeName}.${randomBytes(4).toString('hex')}`,
  };
}

/** The settings as lines for `--help`: variable, default, meaning. */
export function describeSettings(): string {
  return Object.values(SETTINGS)
    .map(({ env, fallback, help }) => {
      const shown =
        fallback === undefined || fallback === '' || (Array.isArray(fallback) && fallback.length === 0)
          ? '-'
          : String(fallback);
      return `  ${env.padEnd(40)} ${shown.padEnd(12)} ${help}`;
    })
    .join('\n');
}
