/** Schemas on the reference page: each field with its type, its bounds and the fields within it. Pure. */
import { html } from 'hono/html';
import { type Html, inline, joined } from './docs-html.ts';
import { nameOf, type SchemaObject, type Schemas } from './openapi-types.ts';

/** Levels of fields that are shown open; deeper ones can be expanded. */
const OPEN_LEVELS = 2;

const resolve = (schema: SchemaObject, schemas: Schemas): SchemaObject => {
  const name = nameOf(schema);
  return name === undefined ? schema : (schemas[name] ?? schema);
};

/** The type of a value, as a phrase. */
function typeOf(schema: SchemaObject): Html {
  const name = nameOf(schema);
  if (name !== undefined) return html`${name}`;
  if (schema.const !== undefined) return html`<code>${String(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${String(value)}</code>`));
  if (schema.anyOf) return joined(schema.anyOf.map(typeOf));
  if (schema.type === 'array') return html`list of ${schema.items ? typeOf(schema.items) : 'values'}`;
  return html`${schema.format === 'binary' ? 'bytes' : (schema.type ?? 'any value')}`;
}

/** The bounds of a value, as a phrase; empty when it has none. */
function boundsOf(schema: SchemaObject): string {
  const { format, maximum, maxItems, maxLength, minimum, minItems, minLength, pattern, uniqueItems } = schema;
  const range = (least: number | undefined, most: number | undefined, unit: string): string[] => {
    const hasMost = most !== undefined && most < Number.MAX_SAFE_INTEGER;
    if (least !== undefined && hasMost) return [`${least} to ${most}${unit}`];
    if (hasMost) return [`at most ${most}${unit}`];
    return least === undefined ? [] : [`at least ${least}${unit}`];
  };
  return [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(minItems, maxItems, minItems === 1 && maxItems === undefined ? ' item' : ' items'),
    ...(uniqueItems === true ? ['no item twice'] : []),
    ...(format === undefined || format === 'binary' ? [] : [format]),
    ...(pattern === undefined || schema.description !== undefined ? [] : [`matches ${pattern}`]),
  ].join(', ');
}

/** The object whose fields a value has, directly or as items of a list or as one of several types. */
function objectIn(schema: SchemaObject, schemas: Schemas): SchemaObject | undefined {
  const target = resolve(schema, schemas);
  if (target.properties && Object.keys(target.properties).length > 0) return target;
  if (target.items) return objectIn(target.items, schemas);
  for (const member of target.anyOf ?? []) {
    const found = objectIn(member, schemas);
    if (found) return found;
  }
  return undefined;
}

/**
 * The fields of an object as a list, with those of objects within it.
 * @param within the objects that this one is in: a field that holds one of them again is not repeated
 */
function fieldList(object: SchemaObject, schemas: Schemas, within: readonly SchemaObject[] = []): Html {
  const { properties = {}, required = [] } = object;
  const fields = Object.entries(properties).map(([name, field]) => {
    const target = resolve(field, schemas);
    const description = field.description ?? target.description;
    return fieldItem({ name, schema: field, required: required.includes(name), description }, schemas, [
      ...within,
      object,
    ]);
  });
  return html`<ul class="fields">${fields}</ul>`;
}

export interface Field {
  readonly name: string;
  readonly schema: SchemaObject;
  readonly required: boolean;
  readonly description: string | undefined;
  /** Where it is sent, if it is not in a body. */
  readonly place?: string;
}

/** A field with its type, its bounds, its description and the fields within it. */
export function fieldItem(field: Field, schemas: Schemas, within: readonly SchemaObject[] = []): Html {
  const { description, name, place, required, schema } = field;
  const bounds = boundsOf({ ...resolve(schema, schemas), ...(description !== undefined && { description }) });
  const details = [place ?? '', bounds].filter((part) => part !== '').join(', ');
  const object = objectIn(schema, schemas);
  const isRepeated = object !== undefined && within.includes(object);
  return html`<li><code class="name">${name}</code> <span class="type">${typeOf(schema)}${
    details === '' ? '' : `, ${details}`
  }</span>${required ? html` <b class="must">required</b>` : ''}${
    description === undefined ? '' : html`<p>${inline(description)}</p>`
  }${object && !isRepeated ? nested(object, schemas, within) : ''}</li>`;
}

function nested(object: SchemaObject, schemas: Schemas, within: readonly SchemaObject[]): Html {
  const count = Object.keys(object.properties ?? {}).length;
  const summary = `${count} ${count === 1 ? 'field' : 'fields'}`;
  return html`<details${within.length < OPEN_LEVELS ? html` open` : ''}><summary>${summary}</summary>${fieldList(object, schemas, within)}</details>`;
}

/** A whole body: its fields, or its type where it has none. */
export function bodyFields(schema: SchemaObject, schemas: Schemas): Html {
  const object = objectIn(schema, schemas);
  return object ? fieldList(object, schemas) : html`<p class="type">${typeOf(schema)}</p>`;
}

/** The name of a body's type. */
export const bodyType = (schema: SchemaObject): Html => typeOf(schema);
