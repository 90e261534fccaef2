/** Example values for schemas. Pure. */
import { nameOf, type SchemaObject, type Schemas } from './openapi-types.ts';

const MAX_DEPTH = 8;
const DATE = '2030-01-31T09:00:00Z';

/** Texts of fields that have no example of their own, by the name of the field. */
const TEXTS: Readonly<Record<string, string>> = {
  action: 'document.published',
  author: 'ada',
  code: 'not_found',
  document: 'spring-in-the-north',
  event: 'document.published',
  from: 'Spring in the north',
  html: '<p>Hello</p>',
  ip: '203.0.113.7',
  lastError: 'The receiver responded with 500.',
  message: 'The resource does not exist, or you do not have access to it.',
  name: 'Nightly export',
  publishedAt: DATE,
  requestId: '5d1e4b6f',
  secret: 'whsec_…',
  slug: 'spring-in-the-north',
  summary: 'Where to see cranes in April.',
  surface: 'api',
  switchedOff: 'Deliveries have failed for 5 days.',
  ticket: 'k2Jx…',
  title: 'Spring in the north',
  to: 'Spring in the far north',
  token: 'stet_…',
  transport: 'https',
  type: 'paragraph',
  url: 'https://example.org/stet',
  userAgent: 'curl/8.5.0',
};

/** A value that a schema accepts: its own example, if it has one. */
export function exampleOf(schema: SchemaObject, schemas: Schemas): unknown {
  return exampleValue(schema, schemas, '', 0);
}

/** @param field name of the field that has the value; empty: a whole body */
function exampleValue(schema: SchemaObject, schemas: Schemas, field: string, depth: number): unknown {
  const name = nameOf(schema);
  const target = name === undefined ? schema : schemas[name];
  if (!target || depth > MAX_DEPTH) return {};
  if (target.examples) return target.examples[0];
  if (target.const !== undefined) return target.const;
  if (target.enum) return target.enum[0];
  if (target.anyOf) {
    const shown = target.anyOf.find(({ type }) => type !== 'null') ?? target;
    return exampleValue(shown, schemas, field, depth + 1);
  }
  switch (target.type) {
    case 'object': {
      const fields = Object.entries(target.properties ?? {});
      return Object.fromEntries(fields.map(([key, value]) => [key, exampleValue(value, schemas, key, depth + 1)]));
    }
    case 'array':
      return target.items ? [exampleValue(target.items, schemas, field, depth + 1)] : [];
    case 'integer':
    case 'number':
      return Math.max(target.minimum ?? 1, 1);
    case 'boolean':
      return false;
    case 'string':
      return textOf(target, field);
    default:
      return null;
  }
}

function textOf({ format, pattern }: SchemaObject, field: string): string {
  if (format === 'binary') return '<bytes>';
  if (format === 'date-time') return DATE;
  if (pattern?.startsWith('^[0-9a-f]{8}-') === true) return '7f3c2a90-5d1e-4b6f-8a27-3c9e1d4f5b60';
  return TEXTS[field] ?? '…';
}
