/** Schemas of an OpenAPI document in words and as examples. Pure. */
import { html } from 'hono/html';
import type { OpenApi, SchemaObject } from './openapi-types.ts';

export type Html = ReturnType<typeof html>;

const REFERENCE = '#/components/schemas/';
export const nameOf = (schema: SchemaObject): string | undefined => schema.$ref?.slice(REFERENCE.length);

/** Text with `code` in it, and paragraphs where there are blank lines. */
export function prose(text: string): Html {
  const paragraphs = text.split('\n\n').map((part) => html`<p>${inline(part)}</p>`);
  return html`${paragraphs}`;
}

export function inline(text: string): Html {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`${parts}`;
}

/** The kind of value, as a phrase. */
export function kindOf(schema: SchemaObject): Html {
  const name = nameOf(schema);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  if (schema.const !== undefined) return html`<code>${String(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${String(value)}</code>`));
  if (schema.anyOf) return joined(schema.anyOf.map(kindOf));
  if (schema.type === 'array') return html`list of ${schema.items ? kindOf(schema.items) : 'anything'}`;
  if (schema.type === 'object' && schema.properties && Object.keys(schema.properties).length > 0) {
    const fields = Object.entries(schema.properties).map(([key, field]) => html`<code>${key}</code> ${kindOf(field)}`);
    return html`object of ${joined(fields, ', ')}`;
  }
  return html`${schema.format === 'binary' ? 'bytes' : (schema.type ?? 'anything')}`;
}

function joined(parts: readonly Html[], by = ' or '): Html {
  return html`${parts.flatMap((part, index) => (index === 0 ? [part] : [by, part]))}`;
}

/** The bounds of a value, as a phrase; empty when it has none. */
export function boundsOf(schema: SchemaObject): string {
  const { format, maximum, maxItems, maxLength, minimum, minItems, minLength, pattern } = schema;
  const range = (least: number | undefined, most: number | undefined, unit: string): string[] => {
    const tellsMost = most !== undefined && most < Number.MAX_SAFE_INTEGER;
    if (least !== undefined && tellsMost) return [`${least} to ${most}${unit}`];
    if (tellsMost) return [`at most ${most}${unit}`];
    return least === undefined ? [] : [`at least ${least}${unit}`];
  };
  return [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(minItems, maxItems, ' entries'),
    ...(format === undefined || format === 'binary' ? [] : [format]),
    ...(pattern === undefined || schema.description !== undefined ? [] : [`matches ${pattern}`]),
  ].join(', ');
}

/** A field as a row of a definition list. */
export function fieldRow(
  name: string,
  schema: SchemaObject,
  required: boolean,
  description: string | undefined,
  place: string,
): Html {
  const bounds = boundsOf({ ...schema, ...(description !== undefined && { description }) });
  const details = [place, bounds].filter((part) => part !== '').join('; ');
  return html`<dt><code>${name}</code>${required ? html` <span class="must">required</span>` : ''}</dt>
<dd><p>${kindOf(schema)}${details === '' ? '' : html` <span class="soft">(${details})</span>`}</p>${
    description === undefined ? '' : html`<p>${inline(description)}</p>`
  }</dd>`;
}

/** A value that fits a schema: its own example where it has one. */
export function exampleOf(schema: SchemaObject, schemas: OpenApi['components']['schemas'], depth = 0): unknown {
  const name = nameOf(schema);
  const target = name === undefined ? schema : schemas[name];
  if (!target || depth > 8) return {};
  if (target.examples) return target.examples[0];
  if (target.const !== undefined) return target.const;
  if (target.enum) return target.enum[0];
  const [first] = target.anyOf ?? [];
  if (first) return exampleOf(first, schemas, depth + 1);
  switch (target.type) {
    case 'object': {
      const fields = Object.entries(target.properties ?? {});
      return Object.fromEntries(fields.map(([key, field]) => [key, exampleOf(field, schemas, depth + 1)]));
    }
    case 'array':
      return target.items ? [exampleOf(target.items, schemas, depth + 1)] : [];
    case 'integer':
    case 'number':
      return Math.max(target.minimum ?? 1, 1);
    case 'boolean':
      return false;
    case 'string':
      if (target.format === 'binary') return '<bytes>';
      if (target.format === 'date-time') return '2030-01-31T09:00:00Z';
      if (target.pattern?.startsWith('^[0-9a-f]{8}-') === true) return '7f3c2a90-5d1e-4b6f-8a27-3c9e1d4f5b60';
      return 'a text';
    default:
      return null;
  }
}
