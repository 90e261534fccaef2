/** Every operation of the API, and the OpenAPI document that they make. */

import type { ApiPorts } from './kernel/context.ts';
import type { Operation } from './kernel/operation.ts';
import { aboutOperations } from './operations/about.ts';
import { auditOperations } from './operations/audit.ts';
import { documentOperations } from './operations/documents.ts';
import { draftOperations } from './operations/drafts.ts';
import { eventOperations } from './operations/events.ts';
import { grantOperations } from './operations/grants.ts';
import { historyOperations } from './operations/history.ts';
import { publicOperations } from './operations/public.ts';
import { publishingOperations } from './operations/publishing.ts';
import { revisionOperations } from './operations/revisions.ts';
import { sessionOperations } from './operations/sessions.ts';
import { statsOperations } from './operations/stats.ts';
import { tokenOperations } from './operations/tokens.ts';
import { updateOperations } from './operations/updates.ts';
import { webhookOperations } from './operations/webhooks.ts';
import { openApiOf } from './reference/openapi.ts';
import type { OpenApi } from './reference/openapi-types.ts';

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
