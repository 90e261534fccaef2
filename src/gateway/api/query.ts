/** Query parameters: text turned into what the schema names, then checked. Unknown names and repeated ones are refused. */
import type { TObject } from 'typebox';
import type { Check } from './body.ts';

interface Property {
  readonly type?: string;
}

/** A parameter's text as the schema's type; text that is not of it stays text, for the check to name. */
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
  const values: Record<string, unknown> = {};
  for (const [name, text] of search) {
    if (Object.hasOwn(values, name)) return { ok: false, detail: `${name.slice(0, 64)}: is there more than once.` };
    values[name] = decode(text, schema.properties[name] as Property | undefined);
  }
  return check(values);
}
