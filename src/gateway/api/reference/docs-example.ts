/** A curl command for each operation: what varies is in variables of the shell. */
import { exampleOf } from './example-values.ts';
import type { OpenApi, OperationObject } from './openapi-types.ts';

/** The address in examples. The page's script replaces it by the reader's own. */
export const EXAMPLE_ORIGIN = 'http://localhost:8080';

const SAMPLE_TEXT: Readonly<Record<string, string>> = {
  'text/html': '<p>Hello</p>',
  'text/markdown': '# Hello',
  'text/plain': 'Hello',
};

/** Characters of JSON that fit on a line. */
const LINE = 60;

function jsonOf(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= LINE ? json : JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
}

/** A word in single quotes, as every POSIX shell takes it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function curlOf(path: string, method: string, operation: OperationObject, api: OpenApi): string {
  const { schemas } = api.components;
  // `{id}` of a document is `$ID`.
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => `$${name.toUpperCase()}`);
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, schemas)))}`);
  const parts = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"${EXAMPLE_ORIGIN}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
  ];
  if (operation.security.length > 0) parts.push('-H "Authorization: Bearer $TOKEN"');
  const [form] = Object.entries(operation.requestBody?.content ?? {});
  if (form) {
    const [type, { schema }] = form;
    parts.push(`-H ${quoted(`Content-Type: ${type}`)}`);
    if (type === 'application/json') parts.push(`-d ${quoted(jsonOf(exampleOf(schema, schemas)))}`);
    else if (schema.format === 'binary') parts.push('--data-binary @update.bin');
    else parts.push(`-d ${quoted(SAMPLE_TEXT[type] ?? '')}`);
  }
  const answer = Object.values(operation.responses)[0]?.content;
  if (answer && Object.keys(answer)[0] === 'text/event-stream') parts.splice(1, 0, '-N');
  return parts.join(' \\\n  ');
}
