/**
 * The way of every request through its operation: limits of the address, who asks, limits of the asker, the form of path,
 * query and body, a repeated request's first answer, and only then the handler. Each step can answer; none throws for
 * what a client did.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Identity } from '../../ports/access.ts';
import type { Actor } from '../../storage/audit/events.ts';
import { rightsOf } from '../token-rights.ts';
import { type Authenticator, authenticate, type Proof } from './authenticate.ts';
import { type Gated, mediaType, readBytes } from './body.ts';
import type { ApiEnv, ApiPorts } from './context.ts';
import type { AccessRule, Asked, Operation, ReadBody } from './operation.ts';
import { problem, problemOf } from './problem.ts';
import { readQuery } from './query.ts';
import type { RateState } from './rate-limits.ts';

type Ports = Pick<ApiPorts, 'rates' | 'repeats' | 'limits'>;
const REQUEST_ID = /^[\w.:-]{1,100}$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const USER_AGENT_CHARS = 256;

/** Runs one request; the answer bears no security headers yet. */
export async function run(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: Ports,
  authenticator: Authenticator,
): Promise<Response> {
  const { info } = c.env;
  const secure = c.get('secure');
  const request = c.req.raw;

  const ofAddress = await ports.rates.address(info.remoteAddress);
  if (ofAddress.waitMs > 0) return limited(ofAddress);
  let rate = ofAddress;
  let identity: Identity | undefined;
  let proof: Proof | undefined;
  if (operation.access !== 'anyone') {
    const shown = await authenticate(request, secure, authenticator);
    if (!shown.ok) return withRate(problem(shown), rate);
    ({ identity, proof } = shown);
    rate = await ports.rates.holder(identity.sessionId);
    if (rate.waitMs > 0) return limited(rate);
    const refused = admit(operation.access, identity, secure, info.remoteAddress);
    if (refused) return withRate(problem(refused), rate);
  }
  const actor = actorOf(c, identity, proof);
  return withRate(await answer(operation, c, ports, identity, actor), rate);
}

function admit(access: AccessRule, identity: Identity, secure: boolean, address: string): Failure | undefined {
  if (access === 'session') return identity.tokenRights ? failure('scope_missing') : undefined;
  return access === 'anyone' ? undefined : rightsOf(identity, access, secure, address);
}

async function answer(
  operation: Operation,
  c: Context<ApiEnv>,
  ports: Ports,
  identity: Identity | undefined,
  actor: Actor,
): Promise<Response> {
  const request = c.req.raw;
  const params = operation.checkParams(c.req.param());
  if (!params.ok) return problemOf('not_found');
  const url = new URL(request.url);
  const query = readQuery(url.searchParams, operation.query, operation.checkQuery);
  if (!query.ok) return problemOf('bad_request', { detail: query.detail });

  const given = await readBody(operation, request, ports);
  if (!given.ok) return given.refusal;
  const asked = {
    params: params.value,
    query: query.value,
    body: given.value?.body,
    identity,
    actor,
    headers: request.headers,
    raw: request,
    info: c.env.info,
    secure: c.get('secure'),
    // The operation's own types say whether there is an identity.
  } as Asked<'session', never, never, ReadBody | undefined>;

  const key = operation.repeatable ? request.headers.get('idempotency-key') : null;
  if (key === null || !identity) return operation.handle(asked);
  if (!IDEMPOTENCY_KEY.test(key)) {
    return problemOf('bad_request', { detail: 'Idempotency-Key: 1 to 255 printable ASCII characters.' });
  }
  const fingerprint = createHash('sha256')
    .update(`${request.method} ${url.pathname}${url.search}\n${request.headers.get('if-match') ?? ''}\n`)
    .update(given.value?.bytes ?? new Uint8Array(0))
    .digest();
  return ports.repeats.once(identity.userId, key, fingerprint, async () => operation.handle(asked));
}

interface Given {
  readonly bytes: Uint8Array;
  readonly body: ReadBody;
}

/** The body as its media type's form says; undefined for operations that take none. */
async function readBody(operation: Operation, request: Request, ports: Ports): Promise<Gated<Given | undefined>> {
  const rule = operation.body;
  if (!rule) return { ok: true, value: undefined };
  const type = mediaType(request);
  const form = rule.forms[type];
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

function actorOf(c: Context<ApiEnv>, identity: Identity | undefined, proof: Proof | undefined): Actor {
  const asked = c.req.header('x-request-id');
  const requestId = asked !== undefined && REQUEST_ID.test(asked) ? asked : randomUUID();
  c.set('requestId', requestId);
  const userAgent = c.req.header('user-agent')?.slice(0, USER_AGENT_CHARS);
  return {
    kind: identity?.tokenRights ? 'token' : 'user',
    ...(identity && { userId: identity.userId }),
    ...(identity && (identity.tokenRights ? { tokenId: identity.sessionId } : { sessionId: identity.sessionId })),
    ...(c.env.info.remoteAddress !== '' && { ip: c.env.info.remoteAddress }),
    ...(userAgent !== undefined && { userAgent }),
    requestId,
    surface: proof === 'cookie' ? 'www' : 'api',
    transport: c.get('secure') ? 'https' : 'http',
  };
}

function limited(rate: RateState): Response {
  return withRate(problem(failure('rate_limited', rate.waitMs)), rate);
}

/** `RateLimit-*` as draft-ietf-httpapi-ratelimit-headers-07 has them, in seconds. */
function withRate(response: Response, { limit, remaining, resetMs }: RateState): Response {
  response.headers.set('ratelimit-limit', String(limit));
  response.headers.set('ratelimit-remaining', String(remaining));
  response.headers.set('ratelimit-reset', String(Math.ceil(resetMs / 1_000)));
  return response;
}
