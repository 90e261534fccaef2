/** Every operation of the API, and the OpenAPI document that they make. */

import { SOCKET_CHANNELS } from '../../../schemas/sockets.ts';
import type { Operation } from './kernel/operation.ts';
import { aboutOperations } from './operations/about.ts';
import { type AuditPorts, auditOperations } from './operations/audit.ts';
import { type DocumentPorts, documentOperations } from './operations/documents.ts';
import { type DraftPorts, draftOperations } from './operations/drafts.ts';
import { type EventPorts, eventOperations } from './operations/events.ts';
import { type GrantPorts, grantOperations } from './operations/grants.ts';
import { type HistoryPorts, historyOperations } from './operations/history.ts';
import { type PreviewPorts, previewOperations } from './operations/preview.ts';
import { type PublicPorts, publicOperations } from './operations/public.ts';
import { type PublishingPorts, publishingOperations } from './operations/publishing.ts';
import { type RevertPorts, revertOperations } from './operations/revert.ts';
import { type RevisionPorts, revisionOperations } from './operations/revisions.ts';
import { type SessionPorts, sessionOperations } from './operations/sessions.ts';
import { type StatsPorts, statsOperations } from './operations/stats.ts';
import { type TokenPorts, tokenOperations } from './operations/tokens.ts';
import { type UpdatePorts, updateOperations } from './operations/updates.ts';
import { type WebhookPorts, webhookOperations } from './operations/webhooks.ts';
import { asyncApiOf } from './reference/asyncapi.ts';
import type { AsyncApi } from './reference/asyncapi-types.ts';
import { openApiOf } from './reference/openapi.ts';
import type { OpenApi } from './reference/openapi-types.ts';

/** What all operations use together; each is given what it names itself. */
export type OperationPorts = AuditPorts &
  DocumentPorts &
  DraftPorts &
  EventPorts &
  GrantPorts &
  HistoryPorts &
  PreviewPorts &
  PublicPorts &
  PublishingPorts &
  RevertPorts &
  RevisionPorts &
  SessionPorts &
  StatsPorts &
  TokenPorts &
  UpdatePorts &
  WebhookPorts;

/** @param version of the software, for the documents that describe it */
export function apiOperations(ports: OperationPorts, version: string): Operation[] {
  let document: OpenApi | undefined;
  let sockets: AsyncApi | undefined;
  const operations = [
    ...sessionOperations(ports),
    ...tokenOperations(ports),
    ...documentOperations(ports),
    ...draftOperations(ports),
    ...updateOperations(ports),
    ...historyOperations(ports),
    ...revertOperations(ports),
    ...revisionOperations(ports),
    ...publishingOperations(ports),
    ...previewOperations(ports),
    ...publicOperations(ports),
    ...eventOperations(ports),
    ...grantOperations(ports),
    ...statsOperations(ports),
    ...auditOperations(ports),
    ...webhookOperations(ports),
    ...aboutOperations(
      () => {
        document ??= openApiOf(operations, version);
        return document;
      },
      () => {
        sockets ??= asyncApiOf(SOCKET_CHANNELS, version);
        return sockets;
      },
    ),
  ];
  return operations;
}
