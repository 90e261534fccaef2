/**
 * Grants: who may view, edit or own a document. Changes to one document's grants happen one after the other, under a
 * lock on the document's row: two owners who remove each other at once leave one owner, not none. Invariant: a
 * document has at least one user of level `own`, and `documents.owner_id` is one of them. A deleted document is as absent.
 *
 * I5: each change writes its audit event in the same transaction; so does a refusal.
 */
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { failure } from '../../../../schemas/errors.ts';
import type { Grant as PublicGrant } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import { type Actor, userOf } from '../../../ports/actor.ts';
import type { GrantChangeResult, GrantStore } from '../../../ports/grants.ts';
import { type AuditEvent, recordEvent } from '../audit/events.ts';
import { User } from '../entities/accounts.ts';
import { Document, Grant } from '../entities/documents.ts';
import type { Orm } from '../orm.ts';

/** The grants of one document while its row is locked. */
interface Locked {
  document: Document;
  grants: Grant[];
  actor: Grant;
}

async function lock(tx: EntityManager, actorId: string, documentId: string): Promise<Locked | undefined> {
  const document = await tx.findOne(
    Document,
    { id: documentId, deletedAt: null },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!document) return undefined;
  const grants = await tx.find(Grant, { document: documentId }, { populate: ['user'], orderBy: { createdAt: 'asc' } });
  const actor = grants.find((grant) => grant.user.id === actorId);
  return actor && { document, grants, actor };
}

/** The user who owns the document once `target` owns it no more: its present owner, else the oldest other. */
function heir({ document, grants }: Locked, target: Grant): User | undefined {
  const owners = grants.filter((grant) => grant.level === 'own' && grant !== target).map((grant) => grant.user);
  return owners.find((user) => user.id === document.owner.id) ?? owners[0];
}

/** Makes the heir the owner; what the audit trail says of it, if that is a change. */
function handOver(document: Document, owner: User): object | undefined {
  if (document.owner.id === owner.id) return undefined;
  document.owner = owner;
  return { owner: owner.handle };
}

const eventOf = (action: 'grant.set' | 'grant.revoked', actor: Actor, documentId: string) =>
  ({ action, actor, target: { kind: 'document', id: documentId }, outcome: 'ok' }) satisfies AuditEvent;

export function createGrantStore({ em, query }: Orm, clock: Clock): GrantStore {
  return {
    list: (documentId) =>
      query<PublicGrant>(
        `select u.handle, g.level
           from grants g join users u on u.id = g.user_id join documents d on d.id = g.document_id
          where g.document_id = $1 and d.deleted_at is null order by u.handle`,
        [documentId],
      ),

    put: (actor, { documentId, handle }, level) =>
      em().transactional(async (tx): Promise<GrantChangeResult> => {
        const event = eventOf('grant.set', actor, documentId);
        const locked = await lock(tx, userOf(actor), documentId);
        if (!locked) return failure('not_found');
        if (locked.actor.level !== 'own') {
          await recordEvent(tx, { ...event, outcome: 'denied', details: { handle, level } });
          return failure('forbidden');
        }
        const user = await tx.findOne(User, { handle });
        if (!user) return failure('not_found');
        const present = locked.grants.find((grant) => grant.user.id === user.id);
        if (present?.level === level) return { ok: true, changes: [] };
        const before = present && { handle, level: present.level };
        let details: object | undefined;
        if (present?.level === 'own') {
          const owner = heir(locked, present);
          if (!owner) return failure('conflict');
          details = handOver(locked.document, owner);
        }
        if (present) present.level = level;
        else tx.create(Grant, { document: locked.document, user, level, createdAt: new Date(clock.now()) });
        await tx.flush();
        await recordEvent(tx, {
          ...event,
          ...(before && { before }),
          after: { handle, level },
          ...(details && { details }),
        });
        return { ok: true, changes: [{ userId: user.id, change: { kind: 'access', documentId, role: level } }] };
      }),

    remove: (actor, { documentId, handle }) =>
      em().transactional(async (tx): Promise<GrantChangeResult> => {
        const event = eventOf('grant.revoked', actor, documentId);
        const locked = await lock(tx, userOf(actor), documentId);
        if (!locked) return failure('not_found');
        const target = locked.grants.find((grant) => grant.user.handle === handle);
        if (target !== locked.actor && locked.actor.level !== 'own') {
          await recordEvent(tx, { ...event, outcome: 'denied', details: { handle } });
          return failure('forbidden');
        }
        if (!target) return failure('not_found');
        const before = { handle, level: target.level };
        let details: object | undefined;
        if (target.level === 'own') {
          const owner = heir(locked, target);
          if (!owner) return failure('conflict');
          details = handOver(locked.document, owner);
        }
        tx.remove(target);
        await tx.flush();
        await recordEvent(tx, { ...event, before, ...(details && { details }) });
        return {
          ok: true,
          changes: [{ userId: target.user.id, change: { kind: 'access', documentId, role: null } }],
        };
      }),
  };
}
