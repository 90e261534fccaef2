/**
 * The pipeline that every request passes on its way through its operation. Each step can answer; none throws for what a client did.
 *
 *   rate of the address -> authentication -> rate of the credentials and of the user -> scope of the token
 *   -> path, query and idempotency key -> body -> authentication once more -> a stored response, or the handler
 *
 * Every request counts against its address, failed authentication included; against its credentials and its user once these are
 * known. No body is read before the sender may use the operation at all. Whether the document is open to the user is for the handler
 * to check, after the body, which is small: access has to be that of the moment (I6).
 */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { failure } from '../../../../schemas/errors.ts';
import type { Identity } from '../../../ports/access.ts';
import type { Actor } from '../../../ports/actor.ts';
import { type Authenticator, authenticate } from '../../access/authenticate.ts';
import type { RateLimits, RateState } from '../../access/rate-limits.ts';
import { type AuthScheme, rightsFailure } from '../../access/token-rights.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { mediaType, readBytes, type Validated } from './body.ts';
import type { Idempotency } from './idempotency.ts';
import type { BodyLimits, Operation, ReadBody } from './operation.ts';
import { readQuery } from './query.ts';
import type { ApiEnv } from './request.ts';

export interface PipelinePorts {
  rates: RateLimits;
  idempotency: Idempotency;
  limits: BodyLimits;
  /** After a write: the next reads with the same credentials must show it. Absent where all reads go to the primary. */
  recordWrite?: ((credentialId: string) => Promise<void>) | undefined;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const USER_AGENT_CHARS = 256;

/** Handles one request; the security headers are added later. */
export async function run(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: PipelinePorts,
  authenticator: Authenticator,
): Promise<Response> {
  const response = await admitted(operation, c, ports, authenticator);
  if (c.req.raw.method !== 'HEAD' || !response.body) return response;
  // The operation is that of GET: a stream has to learn that nobody reads it.
  await response.body.cancel();
  return new Response(null, response);
}

async function admitted(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: PipelinePorts,
  authenticator: Authenticator,
): Promise<Response> {
  const { access } = operation;
  const { remoteAddress } = c.env.info;
  const secure = c.get('secure');
  const request = c.req.raw;

  const addressRate = ports.rates.address(remoteAddress);
  if (addressRate.waitMs > 0) return limited(addressRate);
  if (access === 'public') {
    const input = await readInput(operation, c, ports);
    return withRate(input.ok ? await operation.handle(requestOf(c, input.value)) : input.refusal, addressRate);
  }

  const authenticated = await authenticate(request, secure, authenticator);
  if (!authenticated.ok) return withRate(problem(authenticated), addressRate);
  const rate = ports.rates.credential(authenticated.identity.sessionId);
  if (rate.waitMs > 0) return limited(rate);
  const userRate = ports.rates.user(authenticated.identity.userId);
  if (userRate.waitMs > 0) return limited(userRate);
  const use = { scope: access, scheme: authenticated.scheme, secure, address: remoteAddress };
  const refused = rightsFailure(authenticated.identity, use);
  if (refused) return withRate(problem(refused), rate);
  const input = await readInput(operation, c, ports);
  if (!input.ok) return withRate(input.refusal, rate);
  // I6: reading a body can take long, and the session or token may have ended meanwhile.
  const caller = operation.body ? await authenticate(request, secure, authenticator) : authenticated;
  if (!caller.ok) return withRate(problem(caller), rate);
  try {
    return withRate(await perform(operation, c, ports, input.value, caller), rate);
  } finally {
    // Whatever the outcome: an operation that failed half-way may have committed as well.
    if (operation.method !== 'get') await ports.recordWrite?.(caller.identity.sessionId);
  }
}

interface Input {
  readonly params: object;
  readonly query: object;
  readonly key: string | undefined;
  readonly body: ReadBody | undefined;
  readonly bytes: Uint8Array;
}

/** Everything that the request carries, validated. */
async function readInput(operation: Operation, c: Context<ApiEnv>, ports: PipelinePorts): Promise<Validated<Input>> {
  const request = c.req.raw;
  const invalid = (detail: string) => ({ ok: false, refusal: problemOf('bad_request', { detail }) }) as const;
  const params = operation.checkParams(c.req.param());
  if (!params.ok) return { ok: false, refusal: problemOf('not_found') };
  const query = readQuery<object>(new URL(request.url).searchParams, operation.query, operation.checkQuery);
  if (!query.ok) return invalid(query.detail);
  const key = (operation.acceptsIdempotencyKey ? request.headers.get('idempotency-key') : null) ?? undefined;
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    return invalid('Idempotency-Key: 1 to 255 printable ASCII characters.');
  }
  const body = await readBody(operation, request, ports);
  if (!body.ok) return body;
  return { ok: true, value: { params: params.value, query: query.value, key, ...body.value } };
}

type BodyInput = Pick<Input, 'body' | 'bytes'>;
const NO_BODY: BodyInput = { body: undefined, bytes: new Uint8Array(0) };

/** The body, parsed by its media type; none for operations that take none. */
async function readBody(operation: Operation, request: Request, ports: PipelinePorts): Promise<Validated<BodyInput>> {
  const rule = operation.body;
  if (!rule) return { ok: true, value: NO_BODY };
  const type = mediaType(request);
  const form = Object.hasOwn(rule.forms, type) ? rule.forms[type] : undefined;
  const detail = `Send the body as ${Object.keys(rule.forms).filter(Boolean).join(', ')}.`;
  const unsupported = { ok: false, refusal: problemOf('unsupported_media_type', { detail }) } as const;
  if (form === undefined && !rule.optional) return unsupported;
  const maxBytes = ports.limits[rule.limit];
  const read = await readBytes(request, maxBytes, form === 'bytes' ? 'update_too_large' : 'body_too_large');
  if (!read.ok) return read;
  const bytes = read.value;
  // Some clients name a type for the body that they do not send.
  if (rule.optional && bytes.length === 0) return { ok: true, value: NO_BODY };
  if (form === undefined) return unsupported;
  if (form === 'bytes') return { ok: true, value: { bytes, body: { type, value: bytes } } };
  const invalid = (detail: string) => ({ ok: false, refusal: problemOf('bad_request', { detail }) }) as const;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return invalid('The body is not UTF-8.');
  }
  if (form === 'text') return { ok: true, value: { bytes, body: { type, value: text } } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid('The body is not valid JSON.');
  }
  const checked = operation.checkBody[type]?.(value);
  if (!checked?.ok) return invalid(checked?.detail ?? 'The body does not match the schema.');
  return { ok: true, value: { bytes, body: { type, value: checked.value } } };
}

interface Caller {
  readonly identity: Identity;
  readonly scheme: AuthScheme;
}

async function perform(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: PipelinePorts,
  input: Input,
  caller: Caller,
): Promise<Response> {
  const request = requestOf(c, input, caller);
  if (input.key === undefined) return operation.handle(request);
  const { userId } = caller.identity;
  const fingerprint = fingerprintOf(c.req.raw, input.bytes);
  const writeId = writeIdOf(userId, input.key, fingerprint);
  return ports.idempotency.once(userId, input.key, fingerprint, async () => operation.handle({ ...request, writeId }));
}

/** With the fingerprint: a key that is used for something else later, once its response has expired, is another write. */
function writeIdOf(userId: string, key: string, fingerprint: Uint8Array): number {
  return createHash('sha256')
    .update(`${JSON.stringify([userId, key])}\n`)
    .update(fingerprint)
    .digest()
    .readUInt32BE(0);
}

/** Requests with the same fingerprint are the same request. */
function fingerprintOf(request: Request, body: Uint8Array): Uint8Array {
  const { pathname, search } = new URL(request.url);
  const parts = [request.method, pathname, search, request.headers.get('if-match'), mediaType(request)];
  return createHash('sha256')
    .update(`${JSON.stringify(parts)}\n`)
    .update(body)
    .digest();
}

/** What the handler receives. The operation's own types say whether there is an identity. */
function requestOf(c: Context<ApiEnv>, { params, query, body }: Input, caller?: Caller) {
  const request = c.req.raw;
  return {
    params,
    query,
    body,
    identity: caller?.identity,
    actor: actorOf(c, caller),
    headers: request.headers,
    raw: request,
    info: c.env.info,
    secure: c.get('secure'),
  } as Parameters<Operation['handle']>[0];
}

function actorOf(c: Context<ApiEnv>, caller: Caller | undefined): Actor {
  const userAgent = c.req.header('user-agent')?.slice(0, USER_AGENT_CHARS);
  const identity = caller?.identity;
  return {
    kind: identity?.tokenRights ? 'token' : 'user',
    ...(identity && { userId: identity.userId }),
    ...(identity && (identity.tokenRights ? { tokenId: identity.sessionId } : { sessionId: identity.sessionId })),
    ...(c.env.info.remoteAddress !== '' && { ip: c.env.info.remoteAddress }),
    ...(userAgent !== undefined && { userAgent }),
    requestId: c.get('requestId'),
    surface: caller?.scheme === 'cookie' ? 'www' : 'api',
    transport: c.get('secure') ? 'https' : 'http',
  };
}

function limited(rate: RateState): Response {
  return withRate(problem(failure('rate_limited', rate.waitMs)), rate);
}

/** `RateLimit-*` as draft-ietf-httpapi-ratelimit-headers-06 has them, in seconds; later drafts have one field. */
function withRate(response: Response, { limit, remaining, resetMs }: RateState): Response {
  response.headers.set('ratelimit-limit', String(limit));
  response.headers.set('ratelimit-remaining', String(remaining));
  response.headers.set('ratelimit-reset', String(Math.ceil(resetMs / 1_000)));
  return response;
}
