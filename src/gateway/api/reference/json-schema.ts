/**
 * TypeBox schemas as JSON Schema for the reference. A schema with a `title` is a component: it is written once and referred
 * to everywhere else.
 */
import type { TSchema } from 'typebox';
import type { SchemaObject } from './openapi-types.ts';

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['const', 'default', 'enum', 'examples', 'required']);

/** Bytes in a message: JSON Schema has no type of its own for them. */
const BYTES: SchemaObject = { type: 'string', format: 'binary' };

export interface JsonSchemas {
  readonly convert: (schema: TSchema) => SchemaObject;
  /** The components that what was converted refers to, by name. */
  readonly components: () => Readonly<Record<string, SchemaObject>>;
}

export function createJsonSchemas(): JsonSchemas {
  const schemas = new Map<string, SchemaObject>();

  /** JSON Schema without what TypeBox adds, components replaced by references. */
  function convert(schema: TSchema, inside?: string): SchemaObject {
    const { title } = schema as SchemaObject;
    if (title !== undefined && title !== inside) {
      if (!schemas.has(title)) {
        // Set before what it holds is converted: it may hold itself.
        schemas.set(title, {});
        schemas.set(title, convert(schema, title));
      }
      return { $ref: `#/components/schemas/${title}` };
    }
    const converted: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword.startsWith('~')) continue;
      if (keyword === 'properties') {
        const properties = Object.entries(value as Record<string, TSchema>);
        converted[keyword] = Object.fromEntries(properties.map(([name, property]) => [name, convert(property)]));
      } else if (keyword === 'contentEncoding' && value === 'binary') {
        Object.assign(converted, BYTES);
      } else if (keyword === 'anyOf') {
        const members = (value as TSchema[]).map((member) => convert(member));
        Object.assign(converted, asEnum(members) ?? { anyOf: members });
      } else {
        converted[keyword] = DATA.has(keyword) || value === null || typeof value !== 'object' ? value : convert(value);
      }
    }
    return converted;
  }

  return {
    convert: (schema) => convert(schema),
    components: () => Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b))),
  };
}

/** A choice of constants as the enumeration that it is; undefined: it is something else. */
function asEnum(members: readonly SchemaObject[]): SchemaObject | undefined {
  const [first] = members;
  const same = members.every(({ type, ...rest }) => type === first?.type && Object.keys(rest).join() === 'const');
  return same && first?.type !== undefined
    ? { type: first.type, enum: members.map((member) => member.const) }
    : undefined;
}
