/** Every operation of the API, and the OpenAPI document that they make. */
import { json } from './answers.ts';
import type { ApiPorts } from './context.ts';
import { documentOperations } from './documents.ts';
import { grantOperations } from './grants.ts';
import { openApiOf } from './openapi.ts';
import { type Operation, operation } from './operation.ts';
import { noParams, noQuery } from './paths.ts';
import { sessionOperations } from './sessions.ts';
import { updateOperations } from './updates.ts';
import { webhookOperations } from './webhooks.ts';

export function apiOperations(ports: ApiPorts, version: string): Operation[] {
  const operations = [
    ...sessionOperations(ports),
    ...documentOperations(ports),
    ...updateOperations(ports),
    ...grantOperations(ports),
    ...webhookOperations(ports),
  ];
  operations.push(
    operation({
      id: 'getOpenApi',
      method: 'get',
      path: '/openapi.json',
      tag: 'About',
      summary: 'This API as an OpenAPI 3.1 document',
      access: 'anyone',
      params: noParams,
      query: noQuery,
      answers: { 200: { description: 'The document', content: { 'application/json': {} } } },
      errors: [],
      handle: () => json(document),
    }),
  );
  const document = openApiOf(operations, version);
  return operations;
}
