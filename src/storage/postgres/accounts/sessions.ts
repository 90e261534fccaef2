/**
 * Sessions: signed-in browsers and devices. A token is 256 random bits and exists in clear only in the answer that
 * hands it out; the database holds its SHA-256.
 *
 * I5: opening and ending a session write their audit event in the same transaction.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import type { SessionStore } from '../../../ports/sessions.ts';
import { inetOf, recordEvent } from '../audit/events.ts';
import { Session, User } from '../entities/accounts.ts';
import type { Orm } from '../orm.ts';
import { createCredentialLookup, hashOf, identityColumns } from './credential-lookup.ts';

const TOKEN_BYTES = 32;
/** Base64url of 32 bytes; anything else is no token and costs no query. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const USER_AGENT_CHARS = 256;
const DAY_MS = 86_400_000;
/** Sessions that ended are kept this long, to show a user where they were signed in. */
const KEEP_ENDED_MS = 30 * DAY_MS;

export interface SessionStoreOptions {
  orm: Orm;
  clock: Clock;
  /** Milliseconds that a session lives. Default 30 days. */
  lifetimeMs?: number;
  /** Milliseconds for which a session that was found valid is cached. Default and maximum 2,000. */
  cacheMs?: number;
}

const FIND = `select ${identityColumns('s')} from sessions s join users u on u.id = s.user_id
               where s.token_hash = $1 and s.revoked_at is null`;

export function createSessionStore({
  orm,
  clock,
  lifetimeMs = 30 * DAY_MS,
  cacheMs = 2_000,
}: SessionStoreOptions): SessionStore {
  const lookup = createCredentialLookup({ orm, clock, cacheMs, form: TOKEN, statement: FIND });

  return {
    async open({ user, userAgent, ip, actor }) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const now = clock.now();
      const expiresAt = now + lifetimeMs;
      const id = await orm.em().transactional(async (tx) => {
        await tx.nativeDelete(Session, { user: user.id, expiresAt: { $lt: new Date(now - KEEP_ENDED_MS) } });
        const session = tx.create(Session, {
          user: tx.getReference(User, user.id),
          tokenHash: hashOf(token),
          createdAt: new Date(now),
          expiresAt: new Date(expiresAt),
          userAgent: userAgent?.slice(0, USER_AGENT_CHARS) ?? null,
          ip: inetOf(ip) ?? null,
        });
        await tx.persist(session).flush();
        await recordEvent(tx, {
          action: 'session.opened',
          actor: { ...actor, userId: user.id, sessionId: session.id },
          target: { kind: 'session', id: session.id },
          outcome: 'ok',
        });
        return session.id;
      });
      return {
        token,
        identity: { userId: user.id, handle: user.handle, role: user.role, sessionId: id, expiresAt },
      };
    },

    byToken: lookup.bySecret,

    async revoke({ sessionId, userId }, actor) {
      const revoked = await orm.em().transactional(async (tx) => {
        const ended = await tx.nativeUpdate(
          Session,
          { id: sessionId, revokedAt: null },
          { revokedAt: new Date(clock.now()) },
        );
        if (ended > 0) {
          const target = { kind: 'session', id: sessionId } as const;
          await recordEvent(tx, { action: 'session.closed', actor, target, outcome: 'ok', details: { userId } });
        }
        return ended;
      });
      lookup.forget(sessionId);
      return revoked === 0 ? [] : [{ userId, change: { kind: 'session-revoked', sessionId } }];
    },

    async wasOpenedFrom(handle, network) {
      const inet = inetOf(network.replace(/\/64$/, '')) && network;
      if (!inet) return false;
      const [row] = await orm.query<{ known: boolean }>(
        `select exists (select from sessions s join users u on u.id = s.user_id
                         where u.handle = $1 and s.ip <<= $2::inet) as known`,
        [handle, inet],
      );
      return row?.known ?? false;
    },

    forget: lookup.forget,
  };
}
