/** Access as the grants, sessions and tokens of the database say. */
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { accessContract } from '../../../contracts/access.ts';
import { accountsOf } from '../../../support/accounts.ts';
import type { Person } from '../../../support/people.ts';

accessContract(test, 'PostgreSQL', async (t) => {
  const accounts = await accountsOf(t);
  const people = new Map<string, Person>();
  const personOf = (userId: string): Person => {
    const person = people.get(userId);
    if (!person) throw new Error(`no user ${userId}`);
    return person;
  };
  return {
    access: accounts.access,
    async user() {
      const person = await accounts.person();
      people.set(person.userId, person);
      return person.userId;
    },
    document: (ownerId) => accounts.document(personOf(ownerId)),
    async grant(documentId, userId, level) {
      await accounts.sql('delete from grants where document_id = $1 and user_id = $2', [documentId, userId]);
      if (level === null) return;
      await accounts.sql('insert into grants (document_id, user_id, level) values ($1, $2, $3)', [
        documentId,
        userId,
        level,
      ]);
    },
    async remove(documentId) {
      await accounts.sql('update documents set deleted_at = now() where id = $1', [documentId]);
    },
    async session(userId, kind, ended) {
      const now = accounts.clock.now();
      const own: readonly unknown[] = [
        userId,
        randomBytes(32),
        new Date(ended === 'expired' ? now - 1 : now + 60_000),
        ended === 'revoked' ? new Date(now) : null,
      ];
      const [row] = await accounts.sql<{ id: string }>(
        kind === 'session'
          ? 'insert into sessions (user_id, token_hash, expires_at, revoked_at) values ($1, $2, $3, $4) returning id'
          : `insert into tokens (user_id, token_hash, expires_at, revoked_at, name, scopes)
             values ($1, $2, $3, $4, 'a token', '{documents:read}') returning id`,
        own,
      );
      return String(row?.id);
    },
  };
});
