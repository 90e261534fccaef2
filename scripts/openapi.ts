// Writes the OpenAPI document to schemas/openapi.json, for clients that are made from it: node scripts/openapi.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { apiOperations, type OperationPorts } from '../src/gateway/api/operations.ts';
import { openApiOf } from '../src/gateway/api/reference/openapi.ts';

const FILE = new URL('../schemas/openapi.json', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The file's text. What the document says depends on no port. */
export function openApiText(): string {
  return `${JSON.stringify(openApiOf(apiOperations({} as OperationPorts, version), version), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(FILE, openApiText());
