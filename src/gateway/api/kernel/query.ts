/** Query parameters: converted to the types of the schema, then validated. Unknown and repeated names are refused. */
import type { TObject } from 'typebox';
import type { Check } from './body.ts';

interface Property {
  readonly type?: string;
}

/** A parameter's text as the schema's type; text that is not of that type stays text, for validation to refuse. */
function decode(text: string, property: Property | undefined): unknown {
  if (property?.type === 'integer' && /^-?\d{1,16}$/.test(text)) return Number(text);
  if (property?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

export function readQuery<T>(
  search: URLSearchParams,
  schema: TObject,
  check: Check<T>,
): { ok: true; value: T } | { ok: false; detail: string } {
  // Without a prototype, a name like `__proto__` is unknown like any other.
  const values: Record<string, unknown> = Object.create(null);
  for (const [name, text] of search) {
    if (Object.hasOwn(values, name)) return { ok: false, detail: `${name.slice(0, 64)}: is given more than once.` };
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    values[name] = decode(text, property as Property | undefined);
  }
  return check(values);
}
