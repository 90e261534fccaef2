/**
 * One operation of the API as a value: its route, who may call it, what it takes and answers, and the function that does
 * it. Routes (`app.ts`) and the OpenAPI document (`openapi.ts`) are made from the same list, so neither can have what the
 * other lacks.
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

/** `anyone`: without signing in. `session`: signed in, API tokens may not. A scope: a session, or a token that has it. */
export type AccessRule = 'anyone' | 'session' | Scope;

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
}

/** A body that was read and checked. */
export interface ReadBody {
  readonly type: string;
  readonly value: unknown;
}

export interface AnswerRule {
  readonly description: string;
  /** By media type: the schema, or that it is text, bytes or a stream of events. */
  readonly content?: Readonly<Record<string, TSchema | 'text' | 'bytes' | 'events'>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler is given: checked input and who asks. */
export interface Asked<A extends AccessRule, P extends TObject, Q extends TObject, B> {
  readonly params: Static<P>;
  readonly query: Static<Q>;
  readonly body: B;
  readonly identity: A extends 'anyone' ? undefined : Identity;
  /** The same as the audit trail names it (I5). */
  readonly actor: Actor;
  readonly headers: Headers;
  /** With an `Idempotency-Key`: 32 bits, the same for each repetition of this very request, whatever became of the first. */
  readonly repeatId?: number;
  readonly raw: Request;
  readonly info: RequestInfo;
  readonly secure: boolean;
}

interface Shape<A extends AccessRule, P extends TObject, Q extends TObject> {
  /** `operationId`: a verb and what it is done to. */
  readonly id: string;
  readonly method: Method;
  /** Below `/v1`, as OpenAPI writes it: `/documents/{id}`. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  /** A path whose parameters do not fit names nothing: 404. */
  readonly params: P;
  readonly query: Q;
  /** Request headers that count, by lower-case name, with a sentence about each. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, AnswerRule>>;
  /** Codes that the handler itself answers; those that access, form and limits bring are added. */
  readonly errors: readonly ErrorCode[];
  /** Takes an `Idempotency-Key`: a repeated request gets the first one's answer for 24 h. */
  readonly repeatable?: boolean;
}

/** An operation with its input types forgotten: what routes and documents are made of. */
export interface Operation extends Shape<AccessRule, TObject, TObject> {
  readonly body: BodyRule | undefined;
  readonly checkParams: Check<object>;
  readonly checkQuery: Check<object>;
  readonly checkBody: Readonly<Record<string, Check<unknown>>>;
  readonly handle: (asked: Asked<'session', TObject, TObject, ReadBody | undefined>) => Promise<Response> | Response;
}

/** An operation without a body. */
export function operation<A extends AccessRule, P extends TObject, Q extends TObject>(
  rule: Shape<A, P, Q> & { handle: (asked: Asked<A, P, Q, undefined>) => Promise<Response> | Response },
): Operation {
  return complete({ ...rule, body: undefined });
}

/** An operation that takes JSON of one form; `body` is the checked value. */
export function jsonOperation<A extends AccessRule, P extends TObject, Q extends TObject, S extends TSchema>(
  rule: Shape<A, P, Q> & {
    json: S;
    limit?: BodyRule['limit'];
    handle: (asked: Asked<A, P, Q, Static<S>>) => Promise<Response> | Response;
  },
): Operation {
  const { json, limit = 'maxJsonBytes', handle, ...shape } = rule;
  return complete({
    ...shape,
    body: { forms: { 'application/json': json }, limit },
    handle: (asked: Asked<A, P, Q, ReadBody>) => handle({ ...asked, body: asked.body.value as Static<S> }),
  });
}

/** An operation that takes bodies of several media types; `body` tells which one came. */
export function bodyOperation<A extends AccessRule, P extends TObject, Q extends TObject>(
  rule: Shape<A, P, Q> & {
    body: BodyRule;
    handle: (asked: Asked<A, P, Q, ReadBody>) => Promise<Response> | Response;
  },
): Operation {
  return complete(rule);
}

function complete<A extends AccessRule, P extends TObject, Q extends TObject, B>(
  rule: Shape<A, P, Q> & {
    body: BodyRule | undefined;
    handle: (asked: Asked<A, P, Q, B>) => Promise<Response> | Response;
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
    // The pipeline hands over exactly what the rule's schemas admit.
    handle: rule.handle as unknown as Operation['handle'],
  };
}
