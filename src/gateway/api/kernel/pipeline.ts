/**
 * The way of every request through its operation. Each step can answer; none throws for what a client did.
 *
 *   limit of the address -> who asks -> limit of the asker -> token's rights -> form of path, query and key
 *   -> body -> who asks, once more -> a repetition's first answer, or the handler
 *
 * Every request counts at its address, those that fail to say who they are included; at a token or session and at its user
 * it counts once that is known. No body is read before it is known that its sender may ask for this at all. Whether the document
 * is open to the sender is the handler's to see, after the body: it is small, and access has to be that of the moment
 * (I6).
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
import { type Gated, mediaType, readBytes } from './body.ts';
import type { Repeats } from './idempotency.ts';
import type { BodyLimits, Operation, ReadBody } from './operation.ts';
import { readQuery } from './query.ts';
import type { ApiEnv } from './request.ts';

export interface PipelinePorts {
  rates: RateLimits;
  repeats: Repeats;
  limits: BodyLimits;
  /** A session or token has changed something: its next reads must show it. Absent where every read does. */
  wrote?: ((holder: string) => Promise<void>) | undefined;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const USER_AGENT_CHARS = 256;

/** Runs one request; the answer bears no security headers yet. */
export async function run(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: PipelinePorts,
  authenticator: Authenticator,
): Promise<Response> {
  const response = await admitted(operation, c, ports, authenticator);
  if (c.req.raw.method !== 'HEAD' || !response.body) return response;
  // The operation is that of GET: what it streams has to know that nobody reads it.
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

  const ofAddress = ports.rates.address(remoteAddress);
  if (ofAddress.waitMs > 0) return limited(ofAddress);
  if (access === 'anyone') {
    const input = await readInput(operation, c, ports);
    return withRate(input.ok ? await operation.handle(asking(c, input.value)) : input.refusal, ofAddress);
  }

  const shown = await authenticate(request, secure, authenticator);
  if (!shown.ok) return withRate(problem(shown), ofAddress);
  const rate = ports.rates.credential(shown.identity.sessionId);
  if (rate.waitMs > 0) return limited(rate);
  const ofUser = ports.rates.user(shown.identity.userId);
  if (ofUser.waitMs > 0) return limited(ofUser);
  const use = { scope: access, scheme: shown.scheme, secure, address: remoteAddress };
  const refused = rightsFailure(shown.identity, use);
  if (refused) return withRate(problem(refused), rate);
  const input = await readInput(operation, c, ports);
  if (!input.ok) return withRate(input.refusal, rate);
  // I6: a body can take its time, and a session or token may have ended meanwhile.
  const still = operation.body ? await authenticate(request, secure, authenticator) : shown;
  if (!still.ok) return withRate(problem(still), rate);
  try {
    return withRate(await perform(operation, c, ports, input.value, still), rate);
  } finally {
    // Whatever it answered: what failed half-way may have committed, too.
    if (operation.method !== 'get') await ports.wrote?.(still.identity.sessionId);
  }
}

interface Input {
  readonly params: object;
  readonly query: object;
  readonly key: string | undefined;
  readonly body: ReadBody | undefined;
  readonly bytes: Uint8Array;
}

/** All that the request carries, checked. */
async function readInput(operation: Operation, c: Context<ApiEnv>, ports: PipelinePorts): Promise<Gated<Input>> {
  const request = c.req.raw;
  const wrong = (detail: string) => ({ ok: false, refusal: problemOf('bad_request', { detail }) }) as const;
  const params = operation.checkParams(c.req.param());
  if (!params.ok) return { ok: false, refusal: problemOf('not_found') };
  const query = readQuery<object>(new URL(request.url).searchParams, operation.query, operation.checkQuery);
  if (!query.ok) return wrong(query.detail);
  const key = (operation.repeatable ? request.headers.get('idempotency-key') : null) ?? undefined;
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    return wrong('Idempotency-Key: 1 to 255 printable ASCII characters.');
  }
  const given = await readBody(operation, request, ports);
  if (!given.ok) return given;
  return { ok: true, value: { params: params.value, query: query.value, key, ...given.value } };
}

type Given = Pick<Input, 'body' | 'bytes'>;

/** The body as its media type's form says; none for operations that take none. */
async function readBody(operation: Operation, request: Request, ports: PipelinePorts): Promise<Gated<Given>> {
  const rule = operation.body;
  if (!rule) return { ok: true, value: { body: undefined, bytes: new Uint8Array(0) } };
  const type = mediaType(request);
  const form = Object.hasOwn(rule.forms, type) ? rule.forms[type] : undefined;
  if (form === undefined) {
    const detail = `Send the body as ${Object.keys(rule.forms).filter(Boolean).join(', ')}.`;
    return { ok: false, refusal: problemOf('unsupported_media_type', { detail }) };
  }
  const maxBytes = ports.limits[rule.limit];
  const read = await readBytes(request, maxBytes, form === 'bytes' ? 'update_too_large' : 'body_too_large');
  if (!read.ok) return read;
  const bytes = read.value;
  if (form === 'bytes') return { ok: true, value: { bytes, body: { type, value: bytes } } };
  const wrong = (detail: string) => ({ ok: false, refusal: problemOf('bad_request', { detail }) }) as const;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return wrong('The body is not UTF-8.');
  }
  if (form === 'text') return { ok: true, value: { bytes, body: { type, value: text } } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('The body is not valid JSON.');
  }
  const checked = operation.checkBody[type]?.(value);
  if (!checked?.ok) return wrong(checked?.detail ?? 'The body does not have the expected form.');
  return { ok: true, value: { bytes, body: { type, value: checked.value } } };
}

interface Holder {
  readonly identity: Identity;
  readonly scheme: AuthScheme;
}

async function perform(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: PipelinePorts,
  input: Input,
  holder: Holder,
): Promise<Response> {
  const asked = asking(c, input, holder);
  if (input.key === undefined) return operation.handle(asked);
  const { userId } = holder.identity;
  const fingerprint = fingerprintOf(c.req.raw, input.bytes);
  const repeatId = repeatIdOf(userId, input.key, fingerprint);
  return ports.repeats.once(userId, input.key, fingerprint, async () => operation.handle({ ...asked, repeatId }));
}

/** With the fingerprint: what asks for something else is another request, also where the first one's answer is forgotten. */
function repeatIdOf(userId: string, key: string, fingerprint: Uint8Array): number {
  return createHash('sha256')
    .update(`${JSON.stringify([userId, key])}\n`)
    .update(fingerprint)
    .digest()
    .readUInt32BE(0);
}

/** Two requests with the same one ask for the same. */
function fingerprintOf(request: Request, body: Uint8Array): Uint8Array {
  const { pathname, search } = new URL(request.url);
  const parts = [request.method, pathname, search, request.headers.get('if-match'), mediaType(request)];
  return createHash('sha256')
    .update(`${JSON.stringify(parts)}\n`)
    .update(body)
    .digest();
}

/** What the handler is given. The operation's own types say whether there is an identity. */
function asking(c: Context<ApiEnv>, { params, query, body }: Input, holder?: Holder) {
  const request = c.req.raw;
  return {
    params,
    query,
    body,
    identity: holder?.identity,
    actor: actorOf(c, holder),
    headers: request.headers,
    raw: request,
    info: c.env.info,
    secure: c.get('secure'),
  } as Parameters<Operation['handle']>[0];
}

function actorOf(c: Context<ApiEnv>, holder: Holder | undefined): Actor {
  const userAgent = c.req.header('user-agent')?.slice(0, USER_AGENT_CHARS);
  const identity = holder?.identity;
  return {
    kind: identity?.tokenRights ? 'token' : 'user',
    ...(identity && { userId: identity.userId }),
    ...(identity && (identity.tokenRights ? { tokenId: identity.sessionId } : { sessionId: identity.sessionId })),
    ...(c.env.info.remoteAddress !== '' && { ip: c.env.info.remoteAddress }),
    ...(userAgent !== undefined && { userAgent }),
    requestId: c.get('requestId'),
    surface: holder?.scheme === 'cookie' ? 'www' : 'api',
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
