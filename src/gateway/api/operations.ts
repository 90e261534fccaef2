/** Every operation of the API, and the OpenAPI document that they make. */
import { aboutOperations } from './about.ts';
import { auditOperations } from './audit.ts';
import type { ApiPorts } from './context.ts';
import { documentOperations } from './documents.ts';
import { draftOperations } from './drafts.ts';
import { eventOperations } from './events.ts';
import { grantOperations } from './grants.ts';
import { historyOperations } from './history.ts';
import { openApiOf } from './openapi.ts';
import type { OpenApi } from './openapi-types.ts';
import type { Operation } from './operation.ts';
import { publicOperations } from './public.ts';
import { publishingOperations } from './publishing.ts';
import { revisionOperations } from './revisions.ts';
import { sessionOperations } from './sessions.ts';
import { statsOperations } from './stats.ts';
import { tokenOperations } from './tokens.ts';
import { updateOperations } from './updates.ts';
import { webhookOperations } from './webhooks.ts';

/** @param version of the software, for the OpenAPI document */
export function apiOperations(ports: ApiPorts, version: string): Operation[] {
  let document: OpenApi | undefined;
  const operations = [
    ...sessionOperations(ports),
    ...tokenOperations(ports),
    ...documentOperations(ports),
    ...draftOperations(ports),
    ...updateOperations(ports),
    ...historyOperations(ports),
    ...revisionOperations(ports),
    ...publishingOperations(ports),
    ...publicOperations(ports),
    ...eventOperations(ports),
    ...grantOperations(ports),
    ...statsOperations(ports),
    ...auditOperations(ports),
    ...webhookOperations(ports),
    ...aboutOperations(() => {
      document ??= openApiOf(operations, version);
      return document;
    }),
  ];
  return operations;
}
