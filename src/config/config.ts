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
      throw error instanceof ConfigError ? new ConfigError(`${error.message}; separate several with commas`) : error;
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
const files: Parse<readonly string[]> = (text) =>
  text.split(',').map((one) => {
    const path = one.trim();
    if (!/^\/.*\.(?:ttf|otf|ttc)$/i.test(path))
      throw new ConfigError('must be absolute paths of .ttf, .otf or .ttc files, separated by commas');
    return path;
  });
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
    'public origin of the site, for pages, feeds and snippets; requests for other hosts are rejected',
  ),
  allowedHosts: setting<readonly string[]>(
    'ALLOWED_HOSTS',
    [],
    hosts,
    'host names to serve besides that of PUBLIC_URL',
  ),
  siteName: setting('SITE_NAME', 'Stet', words(80), 'name of the site, in pages, feeds and link previews'),
  siteDescription: setting<string>(
    'SITE_DESCRIPTION',
    '',
    words(300),
    'description of the site, in one or two sentences',
  ),
  siteLanguage: setting(
    'SITE_LANGUAGE',
    DEFAULT_LANGUAGE,
    language,
    'language of the site, and of documents without one',
  ),
  cardFonts: setting<readonly string[]>(
    'CARD_FONTS',
    [],
    files,
    'font files (TTF, OTF or TTC) for scripts that the built-in fonts of link previews lack, such as Chinese and Korean',
  ),
  opsHost: setting(
    'OPS_HOST',
    '127.0.0.1',
    matching(/^[^\s/]+$/, 'a host name or an address'),
    'address of the operations port, for /metrics and the reason why /readyz fails',
  ),
  opsPort: setting<number>('OPS_PORT', 0, integer(0, 65_535), 'operations port; 0 takes a free one and prints it'),
  databaseUrl: setting<string | undefined>(
    'DATABASE_URL',
    undefined,
    url('postgres:', 'postgresql:'),
    'PostgreSQL; without it, an embedded one runs in DATA_DIR',
  ),
  replicaUrls: setting<readonly string[]>(
    'DATABASE_REPLICA_URLS',
    [],
    urls('postgres:', 'postgresql:'),
    'streaming replicas of DATABASE_URL, for lists, search, history and audit',
  ),
  replicaMaxLagMs: setting(
    'REPLICA_MAX_LAG_MS',
    5_000,
    integer(100, 600_000),
    'maximum lag of a replica that is in use, milliseconds',
  ),
  publicDatabaseUrl: setting<string | undefined>(
    'PUBLIC_DATABASE_URL',
    undefined,
    url('postgres:', 'postgresql:'),
    'PostgreSQL login for public reads; by default DATABASE_URL with the role stet_public',
  ),
  redisUrl: setting<string | undefined>(
    'REDIS_URL',
    undefined,
    url('redis:', 'rediss:'),
    'Redis; without it, the node runs alone',
  ),
  redisPrefix: setting<string>(
    'REDIS_PREFIX',
    'stet:',
    matching(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits, dots, colons or dashes'),
    'prefix of all names in Redis; clusters with different prefixes are separate',
  ),
  dataDir: setting('DATA_DIR', '.stet', (text) => text, 'folder for the embedded database'),
  listener: setting(
    'LISTENER',
    'auto',
    oneOf('auto', 'uws', 'node'),
    'uWebSockets.js (uws), node:http (node), or the first that loads (auto)',
  ),
  restart: setting(
    'RESTART',
    'on-failure',
    oneOf('on-failure', 'never'),
    'whether to restart a node that exits by itself; use never with a process manager',
  ),
  logLevel: setting('LOG_LEVEL', 'info', oneOf('debug', 'info', 'warn', 'error', 'silent'), 'minimum level to log'),
  allowedOrigins: setting<readonly string[]>(
    'ALLOWED_ORIGINS',
    [],
    origins,
    'other origins whose pages can open sockets',
  ),
  trustedProxies: setting<readonly string[]>(
    'TRUSTED_PROXIES',
    [],
    networks,
    'proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted',
  ),

  maxUpdateBytes: setting('MAX_UPDATE_BYTES', MIB, integer(KIB, 64 * MIB), 'maximum size of an update, bytes'),
  maxContentBytes: setting(
    'MAX_CONTENT_BYTES',
    MIB,
    integer(KIB, 64 * MIB),
    'maximum size of a text sent over HTTP as JSON, HTML or Markdown, bytes',
  ),
  maxUpdateStructs: setting(
    'MAX_UPDATE_STRUCTS',
    65_536,
    integer(16, 10_000_000),
    'maximum number of structs in an update',
  ),
  maxDocumentBytes: setting(
    'MAX_DOCUMENT_BYTES',
    16 * MIB,
    integer(KIB, GIB),
    'maximum size of a draft, encoded, bytes',
  ),
  maxMailbox: setting(
    'MAX_MAILBOX',
    2_000,
    integer(1, 1_000_000),
    'maximum number of requests that wait for one document',
  ),
  maxUncommittedUpdates: setting(
    'MAX_UNCOMMITTED_UPDATES',
    1_000,
    integer(1, 1_000_000),
    'maximum number of updates of one document that wait for their commit',
  ),
  maxUncommittedBytes: setting(
    'MAX_UNCOMMITTED_BYTES',
    16 * MIB,
    integer(KIB, GIB),
    'maximum size of the updates of one document that wait for their commit, bytes',
  ),
  maxReservedClientIds: setting(
    'MAX_RESERVED_CLIENT_IDS',
    256,
    integer(1, 100_000),
    'maximum number of unused client ids reserved for one user of a document',
  ),
  reservedClientIdDays: setting(
    'RESERVED_CLIENT_ID_DAYS',
    365,
    integer(1, 36_500),
    'time that an unused client id stays reserved, days',
  ),
  maxMessagesPerSecond: setting(
    'MAX_MESSAGES_PER_SECOND',
    50,
    integer(1, 100_000),
    'maximum messages a second on one socket',
  ),
  maxMessageBurst: setting('MAX_MESSAGE_BURST', 200, integer(1, 1_000_000), 'maximum burst of messages on one socket'),
  maxOpensPerSecond: setting('MAX_OPENS_PER_SECOND', 10, integer(1, 100_000), 'maximum opens a second on one socket'),
  maxOpenBurst: setting('MAX_OPEN_BURST', 50, integer(1, 100_000), 'maximum burst of opens on one socket'),
  maxDocumentsPerSocket: setting(
    'MAX_DOCUMENTS_PER_SOCKET',
    100,
    integer(1, 100_000),
    'maximum number of documents open on one socket',
  ),
  socketLimitsPerUser: setting(
    'SOCKET_LIMITS_PER_USER',
    8,
    integer(1, 1_000),
    'limits of all sockets of one user on a node, as a multiple of those of one socket',
  ),
  maxViewers: setting('MAX_VIEWERS', 12_000, integer(1, 1_000_000), 'maximum number of viewer sockets on a node'),
  maxWatchesPerSocket: setting(
    'MAX_WATCHES_PER_SOCKET',
    20,
    integer(1, 10_000),
    'maximum number of documents that one viewer watches',
  ),
  maxViewerMessagesPerSecond: setting(
    'MAX_VIEWER_MESSAGES_PER_SECOND',
    5,
    integer(1, 100_000),
    'maximum messages a second of one viewer',
  ),
  maxViewerMessageBurst: setting(
    'MAX_VIEWER_MESSAGE_BURST',
    40,
    integer(1, 1_000_000),
    'maximum burst of messages of one viewer',
  ),
  maxSocketsPerUser: setting(
    'MAX_SOCKETS_PER_USER',
    100,
    integer(1, 1_000_000),
    'maximum number of sockets of one user on a node',
  ),
  maxSockets: setting('MAX_SOCKETS', 15_000, integer(1, 1_000_000), 'maximum number of connections on a node'),
  maxConnectionsPerAddress: setting(
    'MAX_CONNECTIONS_PER_ADDRESS',
    6_000,
    integer(1, 1_000_000),
    'maximum number of connections from one address (an IPv6 /64 counts as one) outside TRUSTED_PROXIES',
  ),
  maxRequestsPerAddress: setting(
    'MAX_REQUESTS_PER_ADDRESS',
    2_500,
    integer(1, 1_000_000),
    'maximum number of concurrent HTTP requests from one address, without event streams of users',
  ),
  maxViewersPerAddress: setting(
    'MAX_VIEWERS_PER_ADDRESS',
    4_000,
    integer(1, 1_000_000),
    'maximum number of anonymous viewers from one address',
  ),
  maxWidgetsPerAddress: setting(
    'MAX_WIDGETS_PER_ADDRESS',
    4_000,
    integer(1, 1_000_000),
    'maximum number of widget sockets from one address',
  ),
  reservedAuthorPercent: setting(
    'RESERVED_AUTHOR_PERCENT',
    10,
    integer(0, 99),
    'percent of MAX_SOCKETS reserved for signed-in users',
  ),
  maxHandshakesPerSecond: setting(
    'MAX_HANDSHAKES_PER_SECOND',
    500,
    integer(1, 1_000_000),
    'maximum socket handshakes a second on a node, separately for authors, viewers and widgets',
  ),
  maxHandshakesPerAddressPerSecond: setting(
    'MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND',
    100,
    integer(1, 1_000_000),
    'maximum socket handshakes a second from one address',
  ),
  maxHandshakesPerUserPerSecond: setting(
    'MAX_HANDSHAKES_PER_USER_PER_SECOND',
    20,
    integer(1, 1_000_000),
    'maximum socket handshakes a second of one user with tickets, from all addresses',
  ),
  apiRequestsPerMinute: setting(
    'API_REQUESTS_PER_MINUTE',
    600,
    integer(1, 10_000_000),
    'maximum HTTP requests a minute of one token or session',
  ),
  apiRequestsPerUserPerMinute: setting(
    'API_REQUESTS_PER_USER_PER_MINUTE',
    1_800,
    integer(1, 10_000_000),
    'maximum HTTP requests a minute of one user, over all tokens and sessions',
  ),
  apiRequestsPerAddressPerMinute: setting(
    'API_REQUESTS_PER_ADDRESS_PER_MINUTE',
    3_000,
    integer(1, 10_000_000),
    'maximum HTTP requests a minute from one address',
  ),
  maxBackpressureBytes: setting(
    'MAX_BACKPRESSURE_BYTES',
    4 * MIB,
    integer(KIB, GIB),
    'maximum bytes that wait for a slow socket before it is disconnected',
  ),
  maxUnreadBytes: setting(
    'MAX_UNREAD_BYTES',
    512 * MIB,
    integer(MIB, 1_024 * GIB),
    'maximum bytes of HTTP responses that wait for slow clients on a node',
  ),
  maxUnreadBytesPerAddress: setting(
    'MAX_UNREAD_BYTES_PER_ADDRESS',
    128 * MIB,
    integer(MIB, 1_024 * GIB),
    'maximum bytes of HTTP responses that wait for slow clients of one address or IPv6 /64',
  ),
  maxUnreadBytesPerConnection: setting(
    'MAX_UNREAD_BYTES_PER_CONNECTION',
    64 * MIB,
    integer(MIB, 1_024 * GIB),
    'maximum bytes of an HTTP response that wait for one slow client',
  ),
  maxLargeAnswerBytes: setting(
    'MAX_LARGE_ANSWER_BYTES',
    256 * MIB,
    integer(MIB, 64 * GIB),
    'maximum bytes of large documents that wait for clients that open them',
  ),
  maxOpenBytesPerSecond: setting(
    'MAX_OPEN_BYTES_PER_SECOND',
    16 * MIB,
    integer(KIB, GIB),
    'maximum bytes of large documents that one user opens a second',
  ),
  maxOpenByteBurst: setting(
    'MAX_OPEN_BYTE_BURST',
    128 * MIB,
    integer(KIB, 64 * GIB),
    'maximum burst of bytes of large documents that one user opens',
  ),
  maxHeaderBytes: setting('MAX_HEADER_BYTES', 16 * KIB, integer(KIB, MIB), 'maximum size of request headers, bytes'),
  maxAwarenessBytes: setting(
    'MAX_AWARENESS_BYTES',
    8 * KIB,
    integer(128, MIB),
    'maximum size of an awareness update, bytes',
  ),
  maxStateVectorBytes: setting(
    'MAX_STATE_VECTOR_BYTES',
    512 * KIB,
    integer(64, 16 * MIB),
    'maximum size of a state vector, bytes',
  ),

  webhookAllowPrivate: setting<boolean>(
    'WEBHOOK_ALLOW_PRIVATE',
    false,
    flag,
    'whether webhooks can be sent to loopback and private addresses',
  ),
  webhookTimeoutMs: setting(
    'WEBHOOK_TIMEOUT_MS',
    10_000,
    integer(100, 60_000),
    'time limit for the receiver of a webhook, milliseconds',
  ),
  webhookEditMs: setting(
    'WEBHOOK_EDIT_MS',
    10_000,
    integer(0, 3_600_000),
    'time over which edits of a document are merged into one webhook event, milliseconds',
  ),

  snapshotUpdates: setting(
    'SNAPSHOT_UPDATES',
    200,
    integer(1, 1_000_000),
    'number of updates after which a snapshot is stored',
  ),
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
    'time after which an unused document is unloaded, milliseconds',
  ),
  commitWindowMs: setting(
    'COMMIT_WINDOW_MS',
    12,
    integer(0, 1_000),
    'maximum time that an edit waits to be committed with others under load, milliseconds',
  ),
  statementTimeoutMs: setting(
    'STATEMENT_TIMEOUT_MS',
    5_000,
    integer(100, 600_000),
    'time after which a database that does not respond counts as lost, milliseconds',
  ),
  heartbeatMs: setting(
    'HEARTBEAT_MS',
    400,
    integer(10, 60_000),
    'time between heartbeats to other nodes, milliseconds',
  ),
  leaseMs: setting(
    'LEASE_MS',
    1_500,
    integer(30, 600_000),
    'time without a heartbeat after which a node counts as dead, milliseconds',
  ),
  syncMs: setting(
    'SYNC_MS',
    3_000,
    integer(50, 600_000),
    'time between checks of documents that another node owns, milliseconds',
  ),
  startWithinMs: setting(
    'START_WITHIN_MS',
    300_000,
    integer(0, 86_400_000),
    'time for which a start is retried while its port is in use or its database is not ready, milliseconds',
  ),
  drainMs: setting('DRAIN_MS', 10_000, integer(100, 600_000), 'maximum time that a node takes to stop, milliseconds'),
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
