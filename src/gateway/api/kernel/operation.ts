/**
 * One operation of the API as a value: its route, who may call it, its input and responses, and its handler. Routes (`app.ts`)
 * and the OpenAPI document (`../reference/openapi.ts`) are made from the same list, so neither can have what the other lacks.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { ErrorCode } from '../../../../schemas/errors.ts';
import type { Scope } from '../../../../schemas/http/tokens.ts';
import type { Identity } from '../../../ports/access.ts';
import type { Actor } from '../../../ports/actor.ts';
import type { Check } from './body.ts';
import { checkerOf } from './body.ts';
import type { RequestInfo } from './request.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `public`: without credentials. `session`: a session, no API tokens. A scope: a session, or an API token that has it. */
export type AccessRule = 'public' | 'session' | Scope;

/** Bytes that a request's body may have. */
export interface BodyLimits {
  /** JSON that is no text of a document. */
  maxJsonBytes: number;
  /** A document's text as JSON, HTML or Markdown. */
  maxContentBytes: number;
  /** A Yjs update. */
  maxUpdateBytes: number;
}

/** How a body of one media type is read: as text, as bytes, or as JSON that a schema describes. */
export type BodyForm = 'text' | 'bytes' | TSchema;
export interface BodyRule {
  /** By media type, lower case, without parameters; the first is what examples show. */
  readonly forms: Readonly<Record<string, BodyForm>>;
  /** Which limit of the configuration counts. */
  readonly limit: keyof BodyLimits;
  /** A request may have no body. */
  readonly optional?: boolean;
}

/** A body that was read and validated. */
export interface ReadBody {
  readonly type: string;
  readonly value: unknown;
}

export interface ResponseRule {
  readonly description: string;
  /** By media type: a schema, or text, bytes or a stream of events. */
  readonly content?: Readonly<Record<string, TSchema | 'text' | 'bytes' | 'events'>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler receives: validated input and the caller. */
export interface OperationRequest<A extends AccessRule, P extends TObject, Q extends TObject, B> {
  readonly params: Static<P>;
  readonly query: Static<Q>;
  readonly body: B;
  readonly identity: A extends 'public' ? undefined : Identity;
  /** The caller as the audit trail records it (I5). */
  readonly actor: Actor;
  readonly headers: Headers;
  /** With an `Idempotency-Key`: 32 bits, the same for each repetition of this request, whatever became of the first. */
  readonly writeId?: number;
  readonly raw: Request;
  readonly info: RequestInfo;
  readonly secure: boolean;
}

interface OperationRule<A extends AccessRule, P extends TObject, Q extends TObject> {
  /** `operationId`: a verb and its object. */
  readonly id: string;
  readonly method: Method;
  /** Below `/v1`, as OpenAPI writes it: `/documents/{id}`. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  /** Parameters that do not match are a 404: the path names nothing. */
  readonly params: P;
  readonly query: Q;
  /** Request headers that have an effect, by lower-case name, with their descriptions. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly responses: Readonly<Record<number, ResponseRule>>;
  /** Error codes of the handler itself; those of authentication, validation and limits are added. */
  readonly errors: readonly ErrorCode[];
  /** Repeated requests with the same `Idempotency-Key` get the first one's response, for 24 hours. */
  readonly acceptsIdempotencyKey?: boolean;
}

/** An operation with its input types erased: what routes and the OpenAPI document are made of. */
export interface Operation extends OperationRule<AccessRule, TObject, TObject> {
  readonly body: BodyRule | undefined;
  readonly checkParams: Check<object>;
  readonly checkQuery: Check<object>;
  readonly checkBody: Readonly<Record<string, Check<unknown>>>;
  readonly handle: (
    request: OperationRequest<'session', TObject, TObject, ReadBody | undefined>,
  ) => Promise<Response> | Response;
}

/** An operation without a body. */
export function operation<A extends AccessRule, P extends TObject, Q extends TObject>(
  rule: OperationRule<A, P, Q> & {
    handle: (request: OperationRequest<A, P, Q, undefined>) => Promise<Response> | Response;
  },
): Operation {
  return complete({ ...rule, body: undefined });
}

/** An operation that takes JSON of one schema; `body` is the validated value. */
export function jsonOperation<A extends AccessRule, P extends TObject, Q extends TObject, S extends TSchema>(
  rule: OperationRule<A, P, Q> & {
    json: S;
    limit?: BodyRule['limit'];
    handle: (request: OperationRequest<A, P, Q, Static<S>>) => Promise<Response> | Response;
  },
): Operation {
  const { json, limit = 'maxJsonBytes', handle, ...shape } = rule;
  return complete({
    ...shape,
    body: { forms: { 'application/json': json }, limit },
    handle: (request: OperationRequest<A, P, Q, ReadBody>) =>
      handle({ ...request, body: request.body.value as Static<S> }),
  });
}

/** The same, and a request without a body is one with an empty object. */
export function optionalJsonOperation<A extends AccessRule, P extends TObject, Q extends TObject, S extends TObject>(
  rule: OperationRule<A, P, Q> & {
    json: S;
    handle: (request: OperationRequest<A, P, Q, Partial<Static<S>>>) => Promise<Response> | Response;
  },
): Operation {
  const { json, handle, ...shape } = rule;
  return complete({
    ...shape,
    body: { forms: { 'application/json': json }, limit: 'maxJsonBytes', optional: true },
    handle: (request: OperationRequest<A, P, Q, ReadBody | undefined>) =>
      handle({ ...request, body: (request.body?.value ?? {}) as Partial<Static<S>> }),
  });
}

/** An operation that takes bodies of several media types; `body.type` says which one came. */
export function bodyOperation<A extends AccessRule, P extends TObject, Q extends TObject>(
  rule: OperationRule<A, P, Q> & {
    body: BodyRule;
    handle: (request: OperationRequest<A, P, Q, ReadBody>) => Promise<Response> | Response;
  },
): Operation {
  return complete(rule);
}

function complete<A extends AccessRule, P extends TObject, Q extends TObject, B>(
  rule: OperationRule<A, P, Q> & {
    body: BodyRule | undefined;
    handle: (request: OperationRequest<A, P, Q, B>) => Promise<Response> | Response;
  },
): Operation {
  const checkBody: Record<string, Check<unknown>> = {};
  for (const [type, form] of Object.entries(rule.body?.forms ?? {})) {
    if (typeof form === 'object') checkBody[type] = checkerOf(form);
  }
  return {
    ...rule,
    checkParams: checkerOf(rule.params),
    checkQuery: checkerOf(rule.query),
    checkBody,
    // The pipeline passes exactly what the rule's schemas admit.
    handle: rule.handle as unknown as Operation['handle'],
  };
}
