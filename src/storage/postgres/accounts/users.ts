/**
 * Users: who they are and how they prove it. Knows nothing of sessions.
 *
 * I5: a new account writes its audit event in the same transaction; a failed sign-in is an event as well.
 */
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { failure } from '../../../../schemas/errors.ts';
import type { User as PublicUser } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { UserStore } from '../../../ports/users.ts';
import { recordEvent } from '../audit/events.ts';
import { User } from '../entities/accounts.ts';
import type { Orm } from '../orm.ts';
import type { Passwords } from './passwords.ts';

const HANDLE = /^[a-z][a-z0-9_-]{1,31}$/;
/** Characters (UTF-16 units) that a new password needs and may have. */
const PASSWORD_LENGTH = { min: 8, max: 1024 } as const;

export function createUserStore({ em }: Orm, passwords: Passwords, clock: Clock): UserStore {
  const toPublic = (user: User): PublicUser => ({ id: user.id, handle: user.handle, role: user.role });
  return {
    async create({ handle, password, role }, actor) {
      if (!HANDLE.test(handle)) return { ok: false, reason: 'handle_invalid' };
      if (password.length < PASSWORD_LENGTH.min || password.length > PASSWORD_LENGTH.max) {
        return { ok: false, reason: 'password_length' };
      }
      const hashed = await passwords.hash(password);
      if (!hashed.ok) return { ok: false, reason: 'overloaded' };
      try {
        return await em().transactional(async (tx) => {
          const user = tx.create(User, {
            handle,
            passwordHash: hashed.hash,
            role,
            createdAt: new Date(clock.now()),
          });
          await tx.persist(user).flush();
          await recordEvent(tx, {
            action: 'user.created',
            actor,
            target: { kind: 'user', id: user.id },
            outcome: 'ok',
            after: { handle, role },
          });
          return { ok: true, user: toPublic(user) };
        });
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException) return { ok: false, reason: 'handle_taken' };
        throw error;
      }
    },

    async authenticate(handle, password, actor, turn) {
      // What no account is called is not looked up: PostgreSQL refuses some of it as malformed.
      const user = HANDLE.test(handle) ? await em().findOne(User, { handle }) : null;
      const checked = await passwords.check(password, user?.passwordHash, turn);
      if (!checked.ok) return checked;
      if (user && checked.matches) return { ok: true, user: toPublic(user) };
      // The handle is unknown: there is no user to name.
      const { userId: _userId, sessionId: _sessionId, ...stranger } = actor;
      await em().transactional((tx) =>
        recordEvent(tx, {
          action: 'login.failed',
          actor: stranger,
          ...(user && { target: { kind: 'user', id: user.id } }),
          outcome: 'failed',
          details: { handle },
        }),
      );
      return failure('bad_credentials');
    },

    count: () => em().count(User),
  };
}
