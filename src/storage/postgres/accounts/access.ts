/** A user's level on a document, read from the grants each time, never cached (I6). A deleted document has no levels. */
import type { Role } from '../../../../schemas/realtime.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { Orm } from '../orm.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function createAccess(orm: Orm, clock: Clock): AccessPort {
  const rolesOf: AccessPort['rolesOf'] = async (pairs) => {
    const roles: (Role | null)[] = pairs.map(() => null);
    // What is no id names nothing; it must not fail the query for the others.
    const asked = pairs.flatMap(({ userId, documentId }, index) =>
      UUID.test(userId) && UUID.test(documentId) ? [{ userId, documentId, index }] : [],
    );
    if (asked.length === 0) return roles;
    const rows = await orm.query<{ index: number; level: Role }>(
      `select p.index, g.level
         from unnest($1::uuid[], $2::uuid[], $3::int[]) as p (user_id, document_id, index)
         join grants g on g.user_id = p.user_id and g.document_id = p.document_id
         join documents d on d.id = g.document_id and d.deleted_at is null`,
      [asked.map((pair) => pair.userId), asked.map((pair) => pair.documentId), asked.map((pair) => pair.index)],
    );
    for (const { index, level } of rows) roles[index] = level;
    return roles;
  };

  return {
    rolesOf,
    async roleOf(userId, documentId) {
      const [role] = await rolesOf([{ userId, documentId }]);
      return role ?? null;
    },
    async validSessions(sessionIds) {
      const asked = sessionIds.filter((id) => UUID.test(id));
      if (asked.length === 0) return new Set();
      const rows = await orm.query<{ id: string }>(
        `select id from sessions where id = any($1::uuid[]) and revoked_at is null and expires_at > $2
          union all
         select id from tokens where id = any($1::uuid[]) and revoked_at is null and expires_at > $2`,
        [asked, new Date(clock.now())],
      );
      return new Set(rows.map(({ id }) => id));
    },
  };
}
