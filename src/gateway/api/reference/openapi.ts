/**
 * The OpenAPI 3.1 document, made from the same operations as the routes. A schema with a `title` is a component: it is
 * written once and referred to everywhere else.
 */
import type { TObject } from 'typebox';
import { ERRORS, type ErrorCode } from '../../../../schemas/errors.ts';
import { Problem } from '../../../../schemas/http/common.ts';
import type { BodyForm, Operation, ResponseRule } from '../kernel/operation.ts';
import { createJsonSchemas } from './json-schema.ts';
import type { Content, OpenApi, OperationObject, Parameter, ResponseObject, SchemaObject } from './openapi-types.ts';

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Unique key of the request. Requests with the same key get the response of the first one, for 24 hours',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};
const RATE_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

/** Descriptions of the groups of operations. */
const TAGS: Readonly<Record<string, string>> = {
  Sessions: 'Sign in with username and password. In scripts, use an API token instead.',
  Tokens:
    'API tokens authenticate scripts. A token has scopes and an expiry. Stet shows it once and stores only its hash.',
  Documents: 'A document is an article: its metadata, one draft, and its published revisions.',
  Drafts:
    'The draft is the text that authors edit together. You can read and write it in several formats while others type, and read its history.',
  Publishing: 'Publishing creates a revision: a numbered, immutable version of a document that readers see.',
  Public: 'Read public documents without authentication, from any origin.',
  Events: 'Receive changes to a document over Server-Sent Events or long polling, without WebSockets.',
  Sharing: 'A grant gives a user a level of access to a document: `view`, `edit` or `own`.',
  Audit: 'The audit trail records who did what to a document, and when.',
  Webhooks: 'A webhook sends events to your URL as signed requests, according to Standard Webhooks.',
  About: 'The descriptions of this API.',
};

const DESCRIPTION = [
  'The Stet API creates, edits, publishes and reads documents over HTTP. A successful response means that the change is committed to PostgreSQL.',
  'Authenticate with an API token or the token of a session as `Authorization: Bearer …`. Pages of the same origin can use the session cookie instead.',
  'Errors are `application/problem+json` (RFC 9457). Use `code` to identify an error: codes are stable. If the response has `Retry-After`, you can retry the same request after that time.',
  'Responses have the state of the rate limit in `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. Cached responses of `/v1/public/{slug}` do not.',
].join('\n\n');

/** @param version of the software, as the document's */
export function openApiOf(operations: readonly Operation[], version: string): OpenApi {
  const { convert, components } = createJsonSchemas();

  function content(form: BodyForm | 'events'): { schema: SchemaObject } {
    if (form === 'bytes') return { schema: { type: 'string', format: 'binary' } };
    if (form === 'text' || form === 'events') return { schema: { type: 'string' } };
    return { schema: convert(form) };
  }

  const contents = (forms: Readonly<Record<string, BodyForm | 'events'>>): Content =>
    Object.fromEntries(
      Object.entries(forms)
        .filter(([type]) => type !== '')
        .map(([type, form]) => [type, content(form)]),
    );

  function parameters(kind: 'path' | 'query', { properties, required }: TObject): Parameter[] {
    return Object.entries(properties).map(([name, property]) => {
      const { description, ...schema } = convert(property);
      return {
        name,
        in: kind,
        required: kind === 'path' || ((required as string[] | undefined) ?? []).includes(name),
        ...(description !== undefined && { description }),
        schema,
      };
    });
  }

  function answer(rule: ResponseRule): ResponseObject {
    const own = Object.entries(rule.headers ?? {});
    return {
      description: rule.description,
      headers: {
        ...Object.fromEntries(RATE_HEADERS.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
        ...Object.fromEntries(own.map(([name, description]) => [name, { description, schema: { type: 'string' } }])),
      },
      ...(rule.content && { content: contents(rule.content) }),
    };
  }

  function problems(operation: Operation): Record<string, ResponseObject> {
    const byStatus = new Map<number, ErrorCode[]>();
    for (const code of errorsOf(operation)) {
      const { status } = ERRORS[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    return Object.fromEntries(
      [...byStatus].map(([status, codes]) => [
        String(status),
        {
          description: codes.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('\n\n'),
          content: { 'application/problem+json': { schema: convert(Problem) } },
        },
      ]),
    );
  }

  function describe(operation: Operation): OperationObject {
    const { access, body } = operation;
    return {
      operationId: operation.id,
      tags: [operation.tag],
      summary: operation.summary,
      ...(operation.description !== undefined && { description: operation.description }),
      security:
        access === 'public'
          ? []
          : [{ bearer: access === 'session' ? [] : [access] }, { cookieOverTls: [] }, { cookieOverPlainHttp: [] }],
      parameters: [
        ...parameters('path', operation.params),
        ...parameters('query', operation.query),
        ...Object.entries(operation.headers ?? {}).map(([name, description]) => ({
          name: canonical(name),
          in: 'header' as const,
          required: false,
          description,
          schema: { type: 'string' },
        })),
        ...(operation.acceptsIdempotencyKey ? [IDEMPOTENCY_KEY] : []),
      ],
      ...(body && {
        requestBody: {
          required: body.optional !== true,
          content: contents(body.forms),
        },
      }),
      responses: {
        ...Object.fromEntries(Object.entries(operation.responses).map(([status, rule]) => [status, answer(rule)])),
        ...problems(operation),
      },
    };
  }

  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const operation of operations) {
    const path = `/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stet',
      version,
      summary: 'Edit documents together and publish them live',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => {
      const description = TAGS[name];
      return { name, ...(description !== undefined && { description }) };
    }),
    paths,
    components: {
      schemas: components(),
      headers: {
        'RateLimit-Limit': { description: 'Number of requests allowed in the window', schema: { type: 'integer' } },
        'RateLimit-Remaining': { description: 'Number of requests left in the window', schema: { type: 'integer' } },
        'RateLimit-Reset': { description: 'Seconds until the next window starts', schema: { type: 'integer' } },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'API token, or token of a session' },
        cookieOverTls: { type: 'apiKey', in: 'cookie', name: '__Host-stet' },
        cookieOverPlainHttp: { type: 'apiKey', in: 'cookie', name: 'stet' },
      },
    },
  };
}

/** A header's name as it is commonly written. */
const canonical = (name: string): string =>
  name.replaceAll(/(^|-)(id$|[a-z])/g, (_all, before: string, letters: string) => before + letters.toUpperCase());

/** Every code that an operation can respond with: its own, and those of access, validation and limits. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const { access, body, params } = operation;
  const codes: ErrorCode[] = [...operation.errors, 'bad_request', 'rate_limited', 'internal', 'unavailable'];
  if (access !== 'public') codes.push('unauthenticated', 'scope_missing', 'plaintext_refused');
  if (access !== 'public' && operation.method !== 'get') codes.push('bad_origin');
  if (Object.keys(params.properties).length > 0) codes.push('not_found');
  if (body) codes.push('unsupported_media_type');
  if (body) codes.push(Object.values(body.forms).includes('bytes') ? 'update_too_large' : 'body_too_large');
  if (operation.acceptsIdempotencyKey) codes.push('in_progress', 'idempotency_mismatch');
  return [...new Set(codes)];
}
