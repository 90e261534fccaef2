/**
 * Publishing and scheduling: `POST /v1/documents/{id}/publish` and its relatives. What readers see changes in one transaction with
 * its audit event (I5).
 */
import type { Failure } from '../../../../schemas/errors.ts';
import { NewPublication, NewSchedule, RevisionSummary, Schedule } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Publisher } from '../../../publishing/publisher.ts';
import { ifMatch } from '../../http/conditional-requests.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { jsonOperation, type Operation, operation, optionalJsonOperation } from '../kernel/operation.ts';
import { empty, json } from '../kernel/responses.ts';
import { READ_ERRORS } from './drafts.ts';
import { byId, noQuery } from './paths.ts';
import { readSlug } from './slug.ts';

const tag = 'Publishing';
const conditionOf = (seq: number | undefined) => (seq === undefined ? {} : { ifSeq: seq });
const IN_THE_PAST = 'at: must be a time in the future.';

export interface PublishingPorts {
  access: Pick<AccessPort, 'roleOf'>;
  documents: Pick<DocumentStore, 'get'>;
  publisher: Publisher;
  clock: Clock;
  log: Logger;
}

export function publishingOperations(ports: PublishingPorts): Operation[] {
  const { access, clock, documents, log, publisher } = ports;

  const presentSeq = async (userId: string, id: string) => (await documents.get(userId, id))?.seq;
  const done = (outcome: { ok: true } | Failure): Response => (outcome.ok ? empty() : problem(outcome));

  return [
    optionalJsonOperation({
      id: 'publishDocument',
      method: 'post',
      path: '/documents/{id}/publish',
      tag,
      summary: 'Publish a document',
      description:
        'Creates a numbered, immutable revision from the draft and shows it to readers. The `visibility` of the document decides who can read it. Until the first publication the slug follows the title of the draft; send `slug` to publish at exactly that slug, or `slugStyle` to choose how it is made. After the first publication only owners can send another one.',
      access: 'publish',
      params: byId,
      query: noQuery,
      json: NewPublication,
      headers: {
        'if-match': '`ETag` of the draft. Responds with 412 if the draft has changed since then',
      },
      acceptsIdempotencyKey: true,
      responses: {
        201: {
          description: 'The new revision',
          content: { 'application/json': RevisionSummary },
          headers: { Location: 'Path of the revision' },
        },
      },
      errors: ['read_only', 'forbidden', 'slug_taken', 'precondition_failed', 'text_elsewhere', ...READ_ERRORS],
      async handle({ actor, body, headers, identity, params: { id } }) {
        const asked = readSlug(body);
        if (!asked.ok) return problemOf('bad_request', { detail: asked.detail });
        // Users without access must not learn the draft's position. The transaction checks the level.
        if ((await access.roleOf(identity.userId, id)) === null) return problemOf('not_found');
        const precondition = await ifMatch(headers, () => presentSeq(identity.userId, id));
        if (!precondition.ok) return precondition.refusal;
        const published = await publisher.publish(actor, id, { ...conditionOf(precondition.seq), ...asked.value });
        if (!published.ok) return problem(published, { detail: published.detail });
        const { revision } = published;
        log.info({ documentId: id, userId: identity.userId, revision: revision.number }, 'published');
        return json(revision satisfies RevisionSummary, 201, {
          location: `/v1/documents/${id}/revisions/${revision.number}`,
        });
      },
    }),
    operation({
      id: 'unpublishDocument',
      method: 'post',
      path: '/documents/{id}/unpublish',
      tag,
      summary: 'Unpublish a document',
      description:
        'Readers can no longer open the document. Its revisions are kept, and publishing again creates a new one.',
      access: 'publish',
      params: byId,
      query: noQuery,
      responses: { 204: { description: 'Unpublished' } },
      errors: ['read_only'],
      handle: async ({ actor, params: { id } }) => done(await publisher.unpublish(actor, id)),
    }),
    jsonOperation({
      id: 'schedulePublication',
      method: 'put',
      path: '/documents/{id}/schedule',
      tag,
      summary: 'Schedule a publication',
      description: 'Publishes the draft once, as it is at that time. Replaces an earlier schedule.',
      access: 'publish',
      params: byId,
      query: noQuery,
      json: NewSchedule,
      responses: { 200: { description: 'The schedule', content: { 'application/json': Schedule } } },
      errors: ['read_only'],
      async handle({ actor, body, params: { id } }) {
        const at = new Date(body.at);
        if (!(at.getTime() > clock.now())) return problemOf('bad_request', { detail: IN_THE_PAST });
        const scheduled = await publisher.schedule(actor, id, at);
        return scheduled.ok ? json({ at: at.toISOString() } satisfies Schedule) : problem(scheduled);
      },
    }),
    operation({
      id: 'unschedulePublication',
      method: 'delete',
      path: '/documents/{id}/schedule',
      tag,
      summary: 'Cancel a scheduled publication',
      access: 'publish',
      params: byId,
      query: noQuery,
      responses: { 204: { description: 'Canceled, or nothing was scheduled' } },
      errors: ['read_only'],
      handle: async ({ actor, params: { id } }) => done(await publisher.unschedule(actor, id)),
    }),
  ];
}
