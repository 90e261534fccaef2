/**
 * TypeScript types of the OpenAPI document, in the form that `openapi-fetch` reads: `node scripts/openapi-types.ts` writes
 * `src/clients/http/types.ts` from `schemas/openapi.json`. Knows as much of JSON Schema as the API's schemas use, and
 * throws on anything else rather than guess.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  description?: string;
  format?: string;
}
interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
  description?: string;
}
interface Content {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  operationId: string;
  summary: string;
  parameters: Parameter[];
  requestBody?: Content & { required: boolean };
  responses: Record<string, Content>;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
const name = (text: string): string => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : quoted(text));
const comment = (text: string | undefined): string =>
  text === undefined ? '' : `/** ${text.replace(/\s+/g, ' ').replaceAll('*/', '* /')} */\n`;
/** A literal as TypeScript writes it. */
const literal = (value: unknown): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value));

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    return `components['schemas'][${quoted(schema.$ref.replace('#/components/schemas/', ''))}]`;
  }
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  switch (schema.type) {
    case 'string':
      return schema.format === 'binary' ? 'Blob' : 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectOf(schema);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no type for ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties, required = [], additionalProperties }: Schema): string {
  if (!properties || Object.keys(properties).length === 0) {
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
    return `Record<string, ${values}>`;
  }
  const fields = Object.entries(properties).map(
    ([key, property]) =>
      `${comment(property.description)}${name(key)}${required.includes(key) ? '' : '?'}: ${typeOf(property)};`,
  );
  return `{\n${fields.join('\n')}\n}`;
}

function parametersOf(parameters: readonly Parameter[]): string {
  const kinds = (['query', 'header', 'path', 'cookie'] as const).map((kind) => {
    const own = parameters.filter((parameter) => parameter.in === kind);
    if (own.length === 0) return `${kind}?: never;`;
    const optional = own.every(({ required }) => !required);
    const fields = own.map(
      (parameter) =>
        `${comment(parameter.description)}${name(parameter.name)}${parameter.required ? '' : '?'}: ${typeOf(parameter.schema)};`,
    );
    return `${kind}${optional ? '?' : ''}: {\n${fields.join('\n')}\n};`;
  });
  return `{\n${kinds.join('\n')}\n}`;
}

function contentOf({ content }: Content): string {
  if (!content) return 'content?: never;';
  const types = Object.entries(content).map(([type, { schema }]) => `${quoted(type)}: ${typeOf(schema ?? {})};`);
  return `content: {\n${types.join('\n')}\n};`;
}

function operationOf(operation: Operation): string {
  const body = operation.requestBody
    ? `requestBody${operation.requestBody.required ? '' : '?'}: { ${contentOf(operation.requestBody)} };`
    : 'requestBody?: never;';
  const responses = Object.entries(operation.responses).map(
    ([status, response]) => `${status}: { headers: Record<string, unknown>; ${contentOf(response)} };`,
  );
  return `{\nparameters: ${parametersOf(operation.parameters)};\n${body}\nresponses: {\n${responses.join('\n')}\n};\n}`;
}

/** The module's text, not formatted. */
export function typesOf({ paths, components }: OpenApi): string {
  const routes = Object.entries(paths).map(([path, operations]) => {
    const methods = METHODS.map((method) => {
      const operation = operations[method];
      return operation ? `${comment(operation.summary)}${method}: ${operationOf(operation)};` : `${method}?: never;`;
    });
    return `${quoted(path)}: {\nparameters: { query?: never; header?: never; path?: never; cookie?: never };\n${methods.join('\n')}\n};`;
  });
  const schemas = Object.entries(components.schemas).map(([key, schema]) => `${name(key)}: ${typeOf(schema)};`);
  return [
    '/** Types of the HTTP API, made from `schemas/openapi.json` by `scripts/openapi-types.ts`: change the operations, not this file. */',
    `export interface paths {\n${routes.join('\n')}\n}`,
    `export interface components {\nschemas: {\n${schemas.join('\n')}\n};\n}`,
    '',
  ].join('\n\n');
}

if (import.meta.main) {
  const document = JSON.parse(readFileSync(new URL('../schemas/openapi.json', import.meta.url), 'utf8')) as OpenApi;
  const target = fileURLToPath(new URL('../src/clients/http/types.ts', import.meta.url));
  writeFileSync(target, typesOf(document));
}
