/**
 * The OpenAPI 3.1 document, made from the same operations as the routes. A schema with a `title` is a component: it is
 * written once and referred to everywhere else.
 */
import type { TObject } from 'typebox';
import { ERRORS, type ErrorCode } from '../../../schemas/errors.ts';
import { Problem } from '../../../schemas/http/common.ts';
import type { AnswerRule, BodyForm, Operation } from './operation.ts';

type Json = Record<string, unknown>;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeated request with the same key gets the first one’s answer, for 24 hours',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};
const RATE_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

/** @param version of the software, as the document's */
export function openApiOf(operations: readonly Operation[], version: string): Json {
  const schemas = new Map<string, Json>();

  /** JSON Schema without what TypeBox adds, components replaced by references. */
  function convert(schema: unknown, inside?: string): unknown {
    if (Array.isArray(schema)) return schema.map((item) => convert(item));
    if (schema === null || typeof schema !== 'object') return schema;
    const { title } = schema as { title?: unknown };
    if (typeof title === 'string' && title !== inside) {
      if (!schemas.has(title)) {
        schemas.set(title, {});
        schemas.set(title, convert(schema, title) as Json);
      }
      return { $ref: `#/components/schemas/${title}` };
    }
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, convert(value)]));
  }

  function content(form: BodyForm | 'events'): Json {
    if (form === 'bytes') return { schema: { type: 'string', format: 'binary' } };
    if (form === 'text' || form === 'events') return { schema: { type: 'string' } };
    return { schema: convert(form) };
  }

  function parameters(kind: 'path' | 'query', { properties, required }: TObject): Json[] {
    return Object.entries(properties).map(([name, property]) => {
      const { description, ...schema } = convert(property) as Json;
      return {
        name,
        in: kind,
        required: kind === 'path' || ((required as string[] | undefined) ?? []).includes(name),
        ...(description !== undefined && { description }),
        schema,
      };
    });
  }

  function answers({ answers }: Operation): Json {
    return Object.fromEntries(
      Object.entries(answers).map(([status, rule]: [string, AnswerRule]) => [
        status,
        {
          description: rule.description,
          headers: {
            ...Object.fromEntries(RATE_HEADERS.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
            ...Object.fromEntries(
              Object.entries(rule.headers ?? {}).map(([name, description]) => [
                name,
                { description, schema: { type: 'string' } },
              ]),
            ),
          },
          ...(rule.content && {
            content: Object.fromEntries(
              Object.entries(rule.content).map(([type, form]) => [type, content(form)] as const),
            ),
          }),
        },
      ]),
    );
  }

  function problems(operation: Operation): Json {
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

  function describe(operation: Operation): Json {
    const { access, body } = operation;
    return {
      operationId: operation.id,
      tags: [operation.tag],
      summary: operation.summary,
      ...(operation.description !== undefined && { description: operation.description }),
      security:
        access === 'anyone'
          ? []
          : [{ bearer: access === 'session' ? [] : [access] }, { cookieOverTls: [] }, { cookieOverPlainHttp: [] }],
      parameters: [
        ...parameters('path', operation.params),
        ...parameters('query', operation.query),
        ...Object.entries(operation.headers ?? {}).map(([name, description]) => ({
          name,
          in: 'header',
          required: false,
          description,
          schema: { type: 'string' },
        })),
        ...(operation.repeatable ? [IDEMPOTENCY_KEY] : []),
      ],
      ...(body && {
        requestBody: {
          required: true,
          content: Object.fromEntries(
            Object.entries(body.forms)
              .filter(([type]) => type !== '')
              .map(([type, form]) => [type, content(form)] as const),
          ),
        },
      }),
      responses: { ...answers(operation), ...problems(operation) },
    };
  }

  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = `/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stet',
      version,
      summary: 'Live publishing: an acknowledged edit is committed',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b))),
      headers: {
        'RateLimit-Limit': { description: 'Requests within the window', schema: { type: 'integer' } },
        'RateLimit-Remaining': { description: 'Requests left in the window', schema: { type: 'integer' } },
        'RateLimit-Reset': { description: 'Seconds until the window begins anew', schema: { type: 'integer' } },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API token, or the token of a session' },
        cookieOverTls: { type: 'apiKey', in: 'cookie', name: '__Host-stet' },
        cookieOverPlainHttp: { type: 'apiKey', in: 'cookie', name: 'stet' },
      },
    },
  };
}

/** Every code that an operation can answer with: its own, and what access, form, limits and the world bring. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const { access, body, params } = operation;
  const codes: ErrorCode[] = [...operation.errors, 'bad_request', 'rate_limited', 'internal', 'unavailable'];
  if (access !== 'anyone') codes.push('unauthenticated', 'scope_missing', 'plaintext_refused');
  if (access !== 'anyone' && operation.method !== 'get') codes.push('bad_origin');
  if (Object.keys(params.properties).length > 0) codes.push('not_found');
  if (body) codes.push('unsupported_media_type');
  if (body) codes.push(Object.values(body.forms).includes('bytes') ? 'update_too_large' : 'body_too_large');
  if (operation.repeatable) codes.push('in_progress', 'idempotency_mismatch');
  return [...new Set(codes)];
}
