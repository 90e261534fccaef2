/**
 * The OpenAPI document as a test reads it: validators for what the API answers, and generated requests. Uses ajv, not the
 * validators of the server: it must not share its mistakes.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import fc from 'fast-check';

export interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  uniqueItems?: boolean;
}
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}
export interface Operation {
  operationId: string;
  parameters: Parameter[];
  security: Record<string, string[]>[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;

/** @returns whether a value fits a schema of the document, and why not */
export function validatorsOf(document: OpenApi) {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats(ajv);
  const root = 'https://stet.test/openapi';
  ajv.addSchema({ $id: root, components: document.components });
  const compiled = new Map<Schema, ValidateFunction>();
  /** References are to the document. */
  const absolute = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(absolute);
    if (schema === null || typeof schema !== 'object') return schema;
    return Object.fromEntries(
      Object.entries(schema).map(([key, value]) => [
        key,
        key === '$ref' && typeof value === 'string' ? `${root}${value}` : absolute(value),
      ]),
    );
  };
  return (schema: Schema, value: unknown): string | undefined => {
    let validate = compiled.get(schema);
    if (!validate) {
      validate = ajv.compile(absolute(schema) as object);
      compiled.set(schema, validate);
    }
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

const MAX_DEPTH = 6;

/** Values that fit a schema. Formats and patterns that it does not know are an error of the test, not a silent skip. */
export function valid(document: OpenApi, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const target = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (!target) throw new Error(`no schema ${schema.$ref}`);
    return valid(document, target, depth + 1);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valid(document, one, depth)));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      // Schemas refer to themselves: nodes hold nodes.
      if (depth > MAX_DEPTH && !schema.minItems) return fc.constant([]);
      const item = valid(document, schema.items ?? {}, depth + 1);
      const bounds = { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) };
      return schema.uniqueItems ? fc.uniqueArray(item, bounds) : fc.array(item, bounds);
    }
    case 'object': {
      const fields = Object.entries(schema.properties ?? {});
      const { minProperties = 0, maxProperties = fields.length } = schema;
      return fc
        .record(Object.fromEntries(fields.map(([key, property]) => [key, valid(document, property, depth + 1)])), {
          requiredKeys: schema.required ?? [],
        })
        .map((value) => Object.fromEntries(Object.entries(value).slice(0, maxProperties)))
        .filter((value) => Object.keys(value).length >= minProperties);
    }
    default:
      return fc.jsonValue();
  }
}

function text(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') {
    return fc
      .date({ min: new Date('2027-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern, 'u')).filter(fits(schema));
  const bounds = { minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) };
  return fc.string({ unit: 'grapheme', ...bounds }).filter(fits(schema));
}

const fits =
  ({ minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema) =>
  (value: string): boolean => {
    const { length } = [...value];
    return length >= minLength && length <= maxLength;
  };

/** Values that some client may send although they do not fit. */
export const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    1e308,
    '',
    '\u0000',
    '\ud800',
    '../../etc/passwd',
    "' or 1=1 --",
    '<script>alert(1)</script>',
    'x'.repeat(5_000),
    [],
    {},
    { __proto__: { polluted: true } },
    { constructor: { prototype: {} } },
  ),
);
